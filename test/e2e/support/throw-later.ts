/*
 * Loaded into the bot's process before its own code (`--import`): on SIGUSR2 a promise is rejected, and then something is thrown, with
 * everything in its message, its fields and its cause that no output may hold.
 */
const { PLANTED_BODY = '', MIST_API_TOKEN = '', SSE_SECRET_KEY = '' } = process.env;

process.once('SIGUSR2', () => {
  const cause = new Error(`answered 400: ${PLANTED_BODY}`);
  const error = Object.assign(new Error(`with ${MIST_API_TOKEN} and ${SSE_SECRET_KEY}`, { cause }), {
    body: PLANTED_BODY,
    config: { headers: { authorization: MIST_API_TOKEN } },
  });
  void Promise.reject(error);
  setTimeout(() => {
    throw error;
  }, 200);
});
