/** How a card says what a request wants, before the site's name. */
export interface VerbWords {
  /** After "Plan:". */
  readonly plan: string;
  /** After "asks to". */
  readonly asks: string;
}

const WORDS: Readonly<Record<string, VerbWords>> = {
  onboard: { plan: 'connect', asks: 'connect' },
  offboard: { plan: 'take back', asks: 'take back, on both sides,' },
  bypass: { plan: 'bypass the tunnels of', asks: 'bypass the tunnels of' },
  'bypass-off': { plan: 'end the bypass of', asks: 'send traffic into the tunnels again at' },
  orphan: { plan: 'remove what is left of', asks: 'remove what is left of' },
};

/** The words of a verb; its own name where a card of another version is drawn. */
export function verbWords(verb: string): VerbWords {
  return (Object.hasOwn(WORDS, verb) ? WORDS[verb] : undefined) ?? { plan: verb, asks: verb };
}
