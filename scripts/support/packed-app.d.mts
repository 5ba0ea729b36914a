/** The app's executable where electron-builder puts it on Linux. */
export const packedExecutable: string
