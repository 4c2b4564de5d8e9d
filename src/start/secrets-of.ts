import type { Secret } from '../base/secret.ts';
import type { Config } from '../config.ts';

/** Every secret that the environment holds, for whoever has to recognise them. */
export function secretsOf({ slack, entra, mist, store }: Config): readonly Secret[] {
  const { mode } = slack;
  return [
    slack.botToken,
    mode.kind === 'socket' ? mode.appToken : mode.signingSecret,
    ...(entra.credential.kind === 'secret' ? [entra.credential.clientSecret] : []),
    mist.apiToken,
    ...(mist.webhookSecret ? [mist.webhookSecret] : []),
    store.key,
    ...store.oldKeys,
  ];
}
