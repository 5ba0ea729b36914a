/** TensorFlow's native code greets on standard error; that is no news to who asked for something else. */
const GREETING = /^(WARNING: All log messages before absl::InitializeLog|[IW]\d{4} )/

/** True for lines that only tell how TensorFlow was built or what it chose. */
export function isChatter(line: string): boolean {
  return GREETING.test(line)
}
