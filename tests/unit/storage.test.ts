import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '@shared/errors'
import { createPendingFile, sweepPendingFiles, writeFileAtomically } from '../../src/main/storage/atomic-file'
import {
  ContainerReader,
  ContainerWriter,
  readContainer,
  writeContainer,
} from '../../src/main/storage/container'
import { createSampleStore, openSampleStore } from '../../src/main/storage/sample-store'
import { asWriteRefusal, isFailedWrite, writeProblem } from '../../src/main/storage/write-problem'
import { temporaryFolder } from '../support/projects'

describe('a file being written', () => {
  it('does not exist under its name before it is committed', () => {
    const path = join(temporaryFolder(), 'a', 'file')
    const pending = createPendingFile(path)
    pending.write(Buffer.from('hello world'))
    pending.writeAt(Buffer.from('H'), 0)
    expect(existsSync(path)).toBe(false)
    pending.commit()
    expect(readFileSync(path, 'utf8')).toBe('Hello world')
  })

  it('leaves nothing when it is discarded, and stays when it was committed first', () => {
    const folder = temporaryFolder()
    const dropped = createPendingFile(join(folder, 'dropped'))
    dropped.write(Buffer.from('x'))
    dropped.discard()
    dropped.discard()
    const kept = createPendingFile(join(folder, 'kept'))
    kept.write(Buffer.from('x'))
    kept.commit()
    kept.discard()
    expect(readdirSync(folder)).toEqual(['kept'])
  })

  it('leaves nothing behind when it cannot take its name', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'taken')
    writeFileAtomically(join(path, 'inside'), 'a folder is in the way')
    expect(() => {
      writeFileAtomically(path, 'new')
    }).toThrow()
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it('is swept when its writer was killed, and nothing else is', () => {
    const folder = temporaryFolder()
    createPendingFile(join(folder, 'file'))
    writeFileSync(join(folder, 'other'), '')
    expect(sweepPendingFiles(folder)).toBe(1)
    expect(readdirSync(folder)).toEqual(['other'])
  })

  it('replaces the old file as a whole', () => {
    const path = join(temporaryFolder(), 'file')
    writeFileAtomically(path, 'a long first text')
    writeFileAtomically(path, 'short')
    expect(readFileSync(path, 'utf8')).toBe('short')
  })
})

describe('a container', () => {
  const description = { kind: 'checkpoint', elementType: 'float32', facts: { epoch: 3 } } as const

  it('gives back what was written, however it was cut in pieces', () => {
    const path = join(temporaryFolder(), 'file')
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 }), (pieces) => {
        const writer = new ContainerWriter(path, description)
        for (const piece of pieces) writer.write(piece)
        const whole = Buffer.concat(pieces)
        const sha256 = writer.commit([whole.byteLength])
        const read = readContainer(path, 'checkpoint')
        expect(Buffer.from(read.payload).equals(whole)).toBe(true)
        expect(read.header).toMatchObject({ ...description, shape: [whole.byteLength], sha256 })
      }),
      { numRuns: 20 },
    )
  })

  it('is refused with one changed byte, cut short, of another kind, or not ours', () => {
    const folder = temporaryFolder()
    const path = join(folder, 'file')
    writeContainer(path, { ...description, shape: [4] }, Uint8Array.of(1, 2, 3, 4))
    const bytes = readFileSync(path)
    const refused = (
      change: (copy: Buffer) => Uint8Array,
      kind: 'checkpoint' | 'samples' = 'checkpoint',
    ): string => {
      writeFileSync(join(folder, 'bad'), change(Buffer.from(bytes)))
      try {
        readContainer(join(folder, 'bad'), kind)
        return 'accepted'
      } catch (error) {
        return String(error)
      }
    }
    const flipLast = (copy: Buffer): Buffer => {
      copy[copy.byteLength - 1] = 99
      return copy
    }
    expect(refused((copy) => copy)).toBe('accepted')
    expect(refused(flipLast)).toContain('checksum')
    expect(refused((copy) => copy.subarray(0, -1))).toContain('bytes instead of')
    expect(refused((copy) => copy.subarray(0, 5))).toContain('ends too early')
    expect(refused((copy) => copy, 'samples')).toContain('holds checkpoint, not samples')
    expect(refused(() => Buffer.alloc(200, 'x'))).toContain('not a Scorescope file')
  })

  it('does not read outside its payload', () => {
    const path = join(temporaryFolder(), 'file')
    writeContainer(path, { ...description, shape: [4] }, Uint8Array.of(1, 2, 3, 4))
    const reader = ContainerReader.open(path, 'checkpoint')
    expect(() => {
      reader.readInto(new Uint8Array(4), 1)
    }).toThrow('outside')
    reader.close()
  })
})

describe('a sample store', () => {
  it('reads crops by index in any order and refuses others', () => {
    const path = join(temporaryFolder(), '1.u8')
    const writer = createSampleStore(path, {})
    for (let sample = 0; sample < 5; sample += 1) writer.write(new Uint8Array(9).fill(sample))
    writer.commit([5, 3, 3])
    const store = openSampleStore(path)
    expect([...store.read([4, 0, 4])]).toEqual(
      [4, 0, 4].flatMap((sample) => new Array<number>(9).fill(sample)),
    )
    expect(() => store.read([5])).toThrow('this set has samples 0 to 4')
    store.verify()
    store.close()
  })

  it('says which file is damaged', () => {
    const path = join(temporaryFolder(), '1.u8')
    writeFileSync(path, 'nothing of ours, but long enough to look like a header')
    expect(() => openSampleStore(path)).toThrow(AppError)
    expect(() => openSampleStore(path)).toThrow(/1\.u8 is damaged/)
    expect(() => openSampleStore(`${path}.missing`)).toThrow(/is damaged/)
  })
})

describe('a failed write', () => {
  const failure = (code: string): Error => Object.assign(new Error(code), { code })

  it.each([
    ['ENOSPC', 'the disk is full'],
    ['EROFS', 'the disk is read-only'],
    ['SQLITE_FULL', 'the disk is full'],
    ['SQLITE_IOERR_WRITE', 'the disk reported an error'],
    ['SQLITE_READONLY_DBMOVED', 'permission was denied'],
  ])('%s is told as "%s"', (code, reason) => {
    expect(writeProblem(failure(code))).toBe(reason)
    expect(asWriteRefusal(failure(code), 'some.scorescope')).toMatchObject({ code: 'project/no-write' })
  })

  it('is known by what was being done, and not where something was read', () => {
    const doing = (syscall: string, code = 'EIO'): Error => Object.assign(failure(code), { syscall })
    expect(
      [doing('write'), doing('fsync'), doing('rename'), failure('SQLITE_FULL')].map(isFailedWrite),
    ).toEqual(Array(4).fill(true))
    expect([doing('read'), doing('open', 'EACCES'), failure('ENOENT')].map(isFailedWrite)).toEqual(
      Array(3).fill(false),
    )
    // What Node says of a folder that the disk did not take.
    expect(writeProblem(doing('mkdir', 'ENOENT'))).toBe('the disk took no new folder')
  })

  it('is told as it is when it is something else', () => {
    const other = failure('SQLITE_CONSTRAINT_UNIQUE')
    expect(asWriteRefusal(other, 'some.scorescope')).toBe(other)
  })

  // A full disk in earnest: Linux has a device that is always full.
  it.skipIf(!existsSync('/dev/full'))('comes from a device that is full', () => {
    let met: unknown
    try {
      writeFileSync('/dev/full', 'x')
    } catch (error) {
      met = error
    }
    expect(writeProblem(met)).toBe('the disk is full')
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true)
  })
})
