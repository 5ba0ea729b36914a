/** What child processes may know of the environment: names that are listed here, and nothing else. */

const NAMES = new Set(
  [
    'PATH HOME USER LOGNAME SHELL LANG LANGUAGE TZ TMPDIR TMP TEMP NO_COLOR LD_LIBRARY_PATH DYLD_LIBRARY_PATH',
    'SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA',
  ]
    .join(' ')
    .split(' '),
)
const PREFIXES = ['LC_', 'XDG_', 'TF_', 'SCORESCOPE_', 'CUDA_', 'NVIDIA_', 'OMP_', 'KMP_', 'MKL_']

/** Drops NODE_OPTIONS, ELECTRON_*, LD_PRELOAD, credentials and whatever else is not listed. */
export function scrubbed(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    // Windows' names have no case.
    const upper = name.toUpperCase()
    const allowed = NAMES.has(upper) || PREFIXES.some((prefix) => upper.startsWith(prefix))
    if (allowed && value !== undefined) kept[name] = value
  }
  return kept
}
