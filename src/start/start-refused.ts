/** Starting makes no sense before somebody corrects something: one message for him, and exit code 2. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
