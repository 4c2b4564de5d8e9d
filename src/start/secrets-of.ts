import type { Secret } from '../base/secret.ts';
import type { Config } from '../config.ts';
import { passwordsIn } from './url-passwords.ts';

/** Every secret that the environment holds, for whoever has to recognise them; those inside URLs in each spelling. */
export function secretsOf({ slack, entra, mist, store, proxy }: Config): readonly Secret[] {
  const { mode } = slack;
  return [
    slack.botToken,
    mode.kind === 'socket' ? mode.appToken : mode.signingSecret,
    ...(entra.credential.kind === 'secret' ? [entra.credential.clientSecret] : []),
    mist.apiToken,
    ...(mist.webhookSecret ? [mist.webhookSecret] : []),
    store.key,
    ...store.oldKeys,
    ...passwordsIn(store.url),
    ...(proxy ? passwordsIn(proxy.url) : []),
  ];
}
