/** Setting up TensorFlow's GPU build, with small wheels made here: nothing is fetched. */
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { storedZip } from '../support/stored-zip'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scorescope-gpu-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

/** Runs code with one script module in a child; gives what it printed, its failure's sentence included. */
function withModule(
  file: string,
  code: string,
  environment: Record<string, string> = {},
): { readonly printed: string; readonly said: string } {
  const url = JSON.stringify(join(root, 'scripts/support', file))
  const script = `import(${url}).then(async (module) => { ${code} }).catch((error) => console.log(error.message))`
  const env = { ...process.env, ...environment }
  const result = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8', env })
  return { printed: result.stdout.trim(), said: result.stderr }
}

const METADATA = [
  'Name: tensorflow',
  'Requires-Dist: numpy>=1.26.0',
  'Requires-Dist: nvidia-cublas-cu12<13.0,>=12.5.3.2; extra == "and-cuda"',
  'Requires-Dist: nvidia_nccl_cu12<3.0,>=2.27.7 ; extra == "and-cuda"',
  'Requires-Dist: tensorflow-io-gcs-filesystem>=0.23.1; (python_version < "3.13") and extra == "gcs-filesystem"',
].join('\n')

interface Member {
  readonly name: string
  readonly text: string
}

/** A wheel of text files with a RECORD; `record` replaces hashes by name. */
function writeWheel(file: string, members: readonly Member[], record: Record<string, string> = {}): void {
  const lines = members.map(({ name, text }) => {
    const hash = createHash('sha256').update(text).digest('base64url')
    return `${name},sha256=${record[name] ?? hash},${text.length}`
  })
  const all = [...members, { name: 'x-1.dist-info/RECORD', text: lines.join('\n') }]
  writeFileSync(file, storedZip(all.map(({ name, text }) => ({ name, bytes: Buffer.from(text) }))))
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex')

describe('the CUDA libraries that the GPU build needs', () => {
  it("are named by the wheel's own METADATA, and only those of the extra", () => {
    const wheel = join(folder, 'tensorflow.whl')
    writeWheel(wheel, [{ name: 'tensorflow-1.dist-info/METADATA', text: METADATA }])
    const { printed } = withModule(
      'cuda.mjs',
      `console.log(JSON.stringify(module.requirementsOf(await module.metadataOf('${wheel}', '${folder}'))))`,
    )
    expect(JSON.parse(printed)).toEqual([
      {
        package: 'nvidia-cublas-cu12',
        bounds: [
          { comparison: '<', version: '13.0' },
          { comparison: '>=', version: '12.5.3.2' },
        ],
      },
      {
        package: 'nvidia-nccl-cu12',
        bounds: [
          { comparison: '<', version: '3.0' },
          { comparison: '>=', version: '2.27.7' },
        ],
      },
    ])
  })

  const pinned = (version: string, required = METADATA): string =>
    withModule(
      'cuda.mjs',
      `const pinned = [{ package: 'nvidia-cublas-cu12', version: '${version}' }, { package: 'nvidia-nccl-cu12', version: '2.30' }]
      const found = module.pinnedFor(module.requirementsOf(${JSON.stringify(required)}), pinned)
      console.log(found.map((wheel) => wheel.version).join())`,
    ).printed

  it('are the pinned ones where those fit, compared number by number', () => {
    expect(pinned('12.10.0')).toBe('12.10.0,2.30')
    expect(pinned('12.5.3.2')).toBe('12.5.3.2,2.30')
  })

  it('are refused where the pinned version is not one that is asked for, or none is pinned', () => {
    expect(pinned('12.5.3.1')).toMatch(
      /asks for nvidia-cublas-cu12<13\.0,>=12\.5\.3\.2, and .* of 12\.5\.3\.1/,
    )
    expect(pinned('13.0')).toMatch(/nvidia-cublas-cu12/)
    expect(pinned('12.6', `${METADATA}\nRequires-Dist: nvidia-new-cu12>=1; extra == "and-cuda"`)).toMatch(
      /nvidia-new-cu12>=1, and Scorescope knows the checksum of none/,
    )
    expect(pinned('12.6', 'Name: tensorflow')).toMatch(/names no CUDA libraries/)
  })

  it('are all pinned with a checksum and sizes', () => {
    const { printed } = withModule('cuda-wheels.mjs', 'console.log(JSON.stringify(module.CUDA_WHEELS))')
    for (const wheel of JSON.parse(printed) as Record<string, unknown>[]) {
      expect(wheel['sha256']).toMatch(/^[0-9a-f]{64}$/)
      expect([wheel['sizeBytes'], wheel['unpackedBytes']].every(Number.isInteger)).toBe(true)
    }
  })
})

describe('a CUDA wheel', () => {
  const members = [
    { name: 'nvidia/cublas/lib/libcublas.so.12', text: 'a library' },
    { name: 'nvidia/cublas/lib/libnvblas.so.12', text: 'not needed' },
    { name: 'nvidia/cublas/include/cublas.h', text: 'not needed' },
    { name: 'nvidia/cuda_nvcc/bin/ptxas', text: 'a program' },
    { name: 'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc', text: 'code' },
    { name: 'x-1.dist-info/licenses/License.txt', text: 'terms' },
  ]
  const unpack = (file: string): string =>
    withModule(
      'cuda.mjs',
      `const wheel = { package: 'nvidia-x' }
      console.log(JSON.stringify(await module.unpackCudaWheel({ file: '${file}', wheel, folder: '${folder}', incoming: '${join(folder, 'incoming')}' })))`,
    ).printed

  it('gives its libraries, what XLA compiles with, and its licence, and nothing else', () => {
    const file = join(folder, 'x.whl')
    writeWheel(file, members)
    expect(JSON.parse(unpack(file))).toEqual([
      'nvidia/cublas/lib/libcublas.so.12',
      'nvidia/cuda_nvcc/bin/ptxas',
      'nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc',
      'nvidia/licences/nvidia-x.txt',
    ])
    expect(readFileSync(join(folder, 'nvidia/cublas/lib/libcublas.so.12'), 'utf8')).toBe('a library')
    expect(existsSync(join(folder, 'nvidia/cublas/include'))).toBe(false)
    expect(statSync(join(folder, 'nvidia/cuda_nvcc/bin/ptxas')).mode & 0o111).not.toBe(0)
  })

  it('is refused where a member is not what its RECORD says', () => {
    const file = join(folder, 'x.whl')
    writeWheel(file, members, { 'nvidia/cublas/lib/libcublas.so.12': 'A'.repeat(43) })
    expect(unpack(file)).toMatch(/libcublas\.so\.12 inside x\.whl is damaged/)
  })

  it('is refused where its checksum is not the pinned one', () => {
    const file = join(folder, 'x.whl')
    writeWheel(file, members)
    const check = (hash: string): string =>
      withModule(
        'wheel.mjs',
        `console.log(await module.checkWheel('${file}', { wheel: { sha256: '${hash}' } }))`,
      ).printed
    expect(check(sha256(file))).toBe(sha256(file))
    expect(check('0'.repeat(64))).toMatch(/is not the file that Scorescope expects/)
  })

  it('is fetched in the pinned version and for its platform, one after the other, and leaves no wheel behind', () => {
    const file = join(folder, 'x.whl')
    writeWheel(file, members)
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    // Stands for pip: notes what it was asked for, and delivers.
    writeFileSync(
      join(bin, 'pip-python'),
      `#!/bin/sh\necho "$@" >> ${join(folder, 'asked')}\nwhile [ "$1" != --dest ]; do shift; done\ncp ${file} "$2/x.whl"\n`,
      { mode: 0o755 },
    )
    const { printed } = withModule(
      'cuda.mjs',
      `const wheel = (name) => ({ package: name, version: '1.2', platform: 'manylinux_x', sizeBytes: 9, sha256: '${sha256(file)}' })
      const added = await module.addCudaLibraries({ python: '${join(bin, 'pip-python')}', wheels: [wheel('nvidia-a'), wheel('nvidia-b')], folder: '${join(folder, 'whole')}', incoming: '${join(folder, 'incoming')}' })
      console.log(added.length)`,
    )
    expect(printed).toBe('8')
    const asked = readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n')
    expect(asked.map((line) => line.split(' ').at(-1))).toEqual(['nvidia-a==1.2', 'nvidia-b==1.2'])
    expect(asked[0]).toContain('--no-deps')
    expect(asked[0]).toContain('--platform manylinux_x')
    expect(existsSync(join(folder, 'incoming/nvidia-a'))).toBe(false)
  })
})

describe('whether a GPU can be used', () => {
  const problem = (text: string | null): string => {
    const version = join(folder, 'version')
    if (text !== null) writeFileSync(version, text)
    const places = JSON.stringify({ version, libraries: [] })
    return withModule('graphics-driver.mjs', `console.log(await module.driverProblem(${places}))`, {
      PATH: '/nowhere',
    }).printed
  }

  it('is told by the driver, which must be new enough for CUDA 12', () => {
    const line = 'NVRM version: NVIDIA UNIX x86_64 Kernel Module'
    expect(problem(`${line}  550.54.15  Tue Mar  5 22:23:56 UTC 2024`)).toBe('null')
    expect(problem('NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  570.86.10  Release Build')).toBe(
      'null',
    )
    expect(problem(`${line}  470.82.01  Wed Oct 27`)).toMatch(/is version 470\.82\.01, and CUDA 12 needs 525/)
  })

  it('is no where no driver is', () => {
    expect(problem(null)).toBe('no NVIDIA driver is loaded')
  })

  const costs = (force: boolean, key: string, obstacle: string | null): { printed: string; said: string } =>
    withModule(
      'tensorflow.mjs',
      `const problem = () => Promise.resolve(${JSON.stringify(obstacle)})
      const costs = await module.gpuCosts(${force}, { key: '${key}', problem })
      console.log(costs.neededBytes > costs.keptBytes && costs.fetchedBytes > 3e9)`,
    )

  it('is asked before anything is fetched, and --force fetches all the same', () => {
    expect(costs(false, 'linux-x64', null).printed).toBe('true')
    const refused = costs(false, 'linux-x64', 'no NVIDIA driver is loaded').printed
    expect(refused).toMatch(/cannot be used here \(no NVIDIA driver is loaded\).*--force.*\(3\.4 GB\)/)
    const forced = costs(true, 'linux-x64', 'no NVIDIA driver is loaded')
    expect(forced.printed).toBe('true')
    expect(forced.said).toMatch(/training stays on the processor: no NVIDIA driver is loaded/)
    expect(costs(true, 'darwin-arm64', null).printed).toMatch(/on Linux x64 only/)
  })
})

describe("the GPU benchmark's busy share", () => {
  it('is the mean of the samples in which the GPU worked, and unknown where there are none', () => {
    const share = (text: string): string =>
      withModule('../benchmarks/gpu.mjs', `console.log(module.busyShareOf(${JSON.stringify(text)}))`).printed
    expect(share('0\n0\n80\n100\n0\n')).toBe('0.9')
    expect(share('[N/A]\n0\n')).toBe('NaN')
  })
})

describe.skipIf(process.platform === 'win32')('npm run setup', () => {
  function setup(
    args: readonly string[],
    scripts: Record<string, string> = {},
  ): { status: number | null; said: string } {
    const bin = join(folder, 'bin')
    mkdirSync(bin, { recursive: true })
    for (const name of ['sh', 'env', 'sleep', 'mkdir']) symlinkSync(join('/bin', name), join(bin, name))
    for (const [name, script] of Object.entries(scripts))
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    const env = {
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      PATH: bin,
      SCORESCOPE_NO_APT: '1',
    }
    const result = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], {
      encoding: 'utf8',
      env,
    })
    return { status: result.status, said: result.stderr }
  }

  it('takes one of --gpu and --cpu', () => {
    expect(setup(['--gpu', '--cpu'])).toMatchObject({ status: 1, said: 'Choose one of --gpu and --cpu.\n' })
  })

  it('leaves nothing half when it is cancelled while it fetches', () => {
    const pip = '[ "$3" = --version ] && exit 0; kill -TERM $PPID; exec sleep 20'
    const { status, said } = setup(['--cpu'], { 'g++': 'exit 0', python3: pip })
    expect(status).toBe(1)
    expect(said).toMatch(/Set-up was cancelled: nothing was changed\./)
    expect(existsSync(join(folder, 'cache/scorescope/native'))).toBe(true)
    const { printed } = withModule(
      'paths.mjs',
      `const { readdirSync } = await import('node:fs'); console.log(readdirSync('${join(folder, 'cache/scorescope/native')}').length)`,
    )
    expect(printed).toBe('0')
  })
})
