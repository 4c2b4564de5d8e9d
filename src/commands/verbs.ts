/** What somebody must be to run a verb; `anyone` is everyone of the workspace's own team. */
export type Role = 'anyone' | 'operator' | 'approver';

export interface VerbHelp {
  readonly role: Role;
  /** After `/sse`. */
  readonly usage: string;
  readonly does: string;
  readonly examples: readonly string[];
}

/** Every verb that this version understands, in the order in which help lists them. */
export const VERB_HELP = {
  onboard: {
    role: 'operator',
    usage: 'onboard [site]',
    does: 'connects a site: asks for what is needed, checks both sides, and puts the plan up for approval',
    examples: ['/sse onboard', '/sse onboard Lyon', '/sse onboard "New York"'],
  },
  status: {
    role: 'anyone',
    usage: 'status [site]',
    does: 'tunnels, BGP neighbors and learned routes of a site; without a site, of all connected sites',
    examples: ['/sse status Lyon', '/sse status'],
  },
  help: {
    role: 'anyone',
    usage: 'help [command]',
    does: 'says what you can run here, and how',
    examples: ['/sse help', '/sse help onboard'],
  },
} as const satisfies Record<string, VerbHelp>;

export type Verb = keyof typeof VERB_HELP;

export const VERBS = Object.keys(VERB_HELP) as readonly Verb[];
