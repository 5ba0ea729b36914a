/** The decoding process, as the engine starts it: a file that brings it down costs that file and nothing else. */
import { DECODE_METHODS, type DecodeApi } from '@shared/decode-api'
import { createDecoding } from './decoding'
import { hostOnParentPort } from './transport/host-on-parent'

void hostOnParentPort<DecodeApi, Record<string, never>>(() => createDecoding(), DECODE_METHODS)
