import { formatPicture, type PictureAddress } from '@shared/pictures'
import type { Connection } from '../api'

/**
 * Addresses name a picture within the open project, and pictures are kept by the browser: a mark in the URL, new for
 * every window and every project, keeps one project's page 12 from being shown as another's.
 */
export function pictureUrls(base: string, on: Connection['on']): (address: PictureAddress) => string {
  let folder: string | null = null
  let mark = Date.now().toString(36)
  on('project/changed', (project) => {
    if (project === null || project.folder === folder) return
    folder = project.folder
    mark = Date.now().toString(36)
  })
  return (address) => `${base}${formatPicture(address)}?${mark}`
}
