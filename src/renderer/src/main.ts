import { mount } from 'svelte'
import { z } from 'zod'
import { connect } from './api'
import App from './App.svelte'
import './app.css'
import { Application } from './state/application.svelte'

// The page may not make code from strings, which zod would otherwise do for speed.
z.config({ jitless: true })

const target = document.querySelector('#app')
if (target === null) throw new Error('The page has no place for the application.')

const application = new Application(await connect())
application.start()
mount(App, { target, props: { application } })
