/** What somebody must be to run a verb; `anyone` is everyone of the workspace's own team. */
export type Role = 'anyone' | 'operator' | 'approver';

export interface VerbHelp {
  readonly role: Role;
  /** Changes something although everyone may run it. */
  readonly acts?: true;
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
  offboard: {
    role: 'operator',
    usage: 'offboard <site> [at <time>]',
    does: 'puts up the plan that takes a connected site back on both sides, in the safe order; approved, it starts at the time named',
    examples: ['/sse offboard Lyon', '/sse offboard Lyon at 22:00-04:00'],
  },
  bypass: {
    role: 'operator',
    usage: 'bypass <site> [off [at <time>]]',
    does: 'takes the traffic of a site out of its tunnels at once; with off, puts up the plan that sends it in again',
    examples: ['/sse bypass Lyon', '/sse bypass Lyon off'],
  },
  orphans: {
    role: 'operator',
    usage: 'orphans',
    does: 'what the bot has made and no connected site needs, on both sides, each with a button that plans its removal',
    examples: ['/sse orphans'],
  },
  cancel: {
    role: 'anyone',
    acts: true,
    usage: 'cancel <request>',
    does: 'ends a plan, or stops a run after the step that is going on (requester or approver)',
    examples: ['/sse cancel Lyon', '/sse cancel 3f2a91c4'],
  },
  routes: {
    role: 'anyone',
    usage: 'routes <site>',
    does: 'learned routes: counts, what changed, what is missing or unexpected; the whole list as a file',
    examples: ['/sse routes Lyon'],
  },
  diagnose: {
    role: 'anyone',
    usage: 'diagnose <site>',
    does: 'why a site does not work: ranked causes with the evidence for each and what mends it, also for sites built by hand',
    examples: ['/sse diagnose Lyon'],
  },
  plan: {
    role: 'anyone',
    usage: 'plan <request>',
    does: 'shows a stored plan again, with a JSON file for machines; the request ID stands on its card, a site name works too',
    examples: ['/sse plan 1a2b3c4d', '/sse plan Lyon'],
  },
  history: {
    role: 'anyone',
    usage: 'history [site]',
    does: 'who asked, who decided about which plan, what was changed when and how it ended; each with an evidence pack as a file',
    examples: ['/sse history Lyon', '/sse history'],
  },
  freeze: {
    role: 'approver',
    usage: 'freeze on|off [reason]',
    does: 'lets no change start anywhere while it is on; what runs goes on, rolling back stays possible',
    examples: ['/sse freeze on quarter end', '/sse freeze off'],
  },
  help: {
    role: 'anyone',
    usage: 'help [command]',
    does: 'says what you can run here, and how',
    examples: ['/sse help', '/sse help onboard'],
  },
} as const satisfies Record<string, VerbHelp>;

export type Verb = keyof typeof VERB_HELP;

/** Whether a verb changes something, so that the same delivery of it must not be carried out twice. */
export function isActing(verb: Verb): boolean {
  const help: VerbHelp = VERB_HELP[verb];
  return help.role !== 'anyone' || help.acts === true;
}

export const VERBS = Object.keys(VERB_HELP) as readonly Verb[];
