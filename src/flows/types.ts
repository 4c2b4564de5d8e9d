import type { Result } from '../base/failure.ts';
import type { Evidence, HistoryPage } from './history/types.ts';
import type { OrphanReport } from './orphans/types.ts';
import type { RequestView, SiteRef } from './request-types.ts';
import type { Fleet, SiteStatus } from './status-types.ts';
import type { InputProblem, Option } from '../design/types.ts';
import type { RouteReport } from './routes/route-report.ts';
import type { SiteDiagnosis } from './diagnose/site-diagnosis.ts';

export type * from './history/types.ts';
export type * from './orphans/types.ts';
export type * from './request-types.ts';
export type * from './status-types.ts';

/** Who does something, as Slack's payload says it. */
export interface Actor {
  readonly user: string;
  readonly teamId: string;
}

/** A choice of a modal's select: `value` is what interface names promise, `label` what a person reads. */
export interface Choice {
  readonly value: string;
  readonly label: string;
}

/** The lists of a form, for selects that are too long to carry their options. */
export type ChoiceList = 'devices' | 'wans' | 'regions' | 'bandwidths' | 'networks' | 'ikes';

/** Raw strings of step 2 by block id (`link1_wan`, `range_a`, …); `networks` is a list. Absent = left empty. */
export type FormValues = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What step 2 of the onboard modal shows: choices and initial values read from both live sides. */
export interface OnboardForm {
  readonly draftId: string;
  readonly site: SiteRef;
  readonly option: Option;
  readonly linkCount: 1 | 2;
  readonly zoneRedundant: boolean;
  readonly devices: readonly Choice[];
  readonly wans: readonly Choice[];
  readonly regions: readonly Choice[];
  readonly bandwidths: readonly Choice[];
  readonly networks: readonly Choice[];
  readonly ikes: readonly Choice[];
  readonly initial: FormValues;
  /** IANA zone in which a change window is meant. */
  readonly timeZone: string;
  /** What could not be read or deserves attention, in sentences. */
  readonly notes: readonly string[];
}

export type DecisionAnswer =
  /** The decision took effect (the card will change); `message` is for the person alone. */
  | { readonly kind: 'accepted'; readonly message: string }
  /** It did not; `message` says why and what to do. */
  | { readonly kind: 'refused'; readonly message: string };

/** A request that somebody named. */
export interface RequestRef {
  readonly id: string;
  readonly requester: string;
  readonly siteName: string;
  readonly isRunning: boolean;
}

/** A request that was stored; its card follows in this channel. */
export type Posted = Result<{ readonly requestId: string; readonly channel: string }>;

/** What a plan without a form is asked for with. */
export interface PlanWhere {
  readonly site: SiteRef;
  readonly channel: string;
  /** Its change window as it was typed; at once after the approval where it is missing. */
  readonly window?: string;
}

/** The rows behind the cards, for the projector. */
export interface CardFeed {
  /** Requests whose card is out of date, oldest first, with the outbox position to confirm. */
  pending(): Promise<readonly { readonly requestId: string; readonly seq: number }[]>;
  confirm(requestId: string, seq: number): Promise<void>;
  onAdded(listener: () => void): void;
  /** What of it is on the disk, so that no card tells what a power cut would take back. */
  view(requestId: string): Promise<RequestView | undefined>;
  /** The posted message, if any. */
  card(
    requestId: string,
  ): Promise<{ readonly channel: string; readonly ts?: string; readonly drawn?: string } | undefined>;
  saveCard(
    requestId: string,
    card: { readonly channel: string; readonly ts?: string; readonly drawn?: string },
  ): Promise<void>;
  /** True where this process may draw the card until `now + holdMs`; again and again while it does. Of several processes one may. */
  claim(requestId: string, now: number, holdMs: number): Promise<boolean>;
  /** The card is drawn, or not; nobody draws it before `freeAt`. */
  release(requestId: string, freeAt: number): Promise<void>;
}

/** What the commands can ask for. Nothing here throws for an expected outcome. */
export interface Flows {
  /** Sites whose name contains the text, by name; from a short-lived cache. */
  searchSites(query: string, limit: number): Promise<Result<readonly SiteRef[]>>;
  /** By ID, exact name or unique prefix (case ignored); the failure's hint names the nearest or the several candidates. */
  findSite(nameOrId: string): Promise<Result<SiteRef>>;
  /** Reads both live sides for step 2. The failure's hint says what is in the way (not an SSR, request already open, …). */
  openForm(
    actor: Actor,
    request: { readonly siteId: string; readonly option: Option; readonly channel: string },
  ): Promise<Result<OnboardForm>>;
  /** The same for Edit: prefilled with what the request holds. Requester only. */
  reopenForm(actor: Actor, requestId: string): Promise<Result<OnboardForm>>;
  /** Choices of one list of an open form whose label contains the text; empty where the form is gone. No remote call. */
  formChoices(draftId: string, list: ChoiceList, query: string, limit: number): Promise<readonly Choice[]>;
  /** Problems at their fields, from what was typed and the draft's snapshot alone. Empty = acceptable. Fast: no remote call. */
  checkForm(draftId: string, values: FormValues): Promise<Result<readonly InputProblem[]>>;
  /** An open form once more, with what was typed in the place of its initial values. No remote call. */
  formWith(actor: Actor, draftId: string, values: FormValues): Promise<Result<OnboardForm>>;
  /** Preflight, plan, request row (or a new revision of the edited one). The card follows through the feed. */
  submitForm(
    actor: Actor,
    draftId: string,
    values: FormValues,
  ): Promise<Result<{ readonly requestId: string; readonly channel: string }>>;
  /** `revision` is the one that the approver's card showed: an edit since then is refused, to be looked at first. */
  approve(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer>;
  /** Accepts what a check found, where only that keeps the plan from being approved; approves nothing. Bound to the revision like an approval. */
  accept(actor: Actor, requestId: string, revision?: number): Promise<DecisionAnswer>;
  reject(actor: Actor, requestId: string, reason: string): Promise<DecisionAnswer>;
  cancel(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  retry(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  rollBack(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  keep(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** By ID, a unique beginning of it, or the name of the site whose open request it is. */
  findRequest(text: string): Promise<Result<RequestRef>>;
  /** Asks a run to stop at its next safe point; its card then asks what to do with it. */
  stopRun(actor: Actor, requestId: string): Promise<DecisionAnswer>;
  /** Puts a plan up that takes a connected site back on both sides. */
  offboard(actor: Actor, where: PlanWhere): Promise<Posted>;
  /** Takes a connected site's traffic out of its tunnels at once; refused while another run works on the router. */
  bypass(actor: Actor, where: { readonly site: SiteRef; readonly channel: string }): Promise<Posted>;
  /** Puts a plan up that sends the traffic of a bypassed site into its tunnels again. */
  bypassOff(actor: Actor, where: PlanWhere): Promise<Posted>;
  /** The ownership ledger held against both vendors. Never fails as a whole: what could not be read is named. */
  orphans(): Promise<OrphanReport>;
  /** Puts a plan up that removes one orphan, by recorded IDs alone. */
  removeOrphan(actor: Actor, where: { readonly orphanId: string; readonly channel: string }): Promise<Posted>;
  /** Lets no change start anywhere, with a reason, or lets them start again. */
  freeze(actor: Actor, isOn: boolean, reason: string): Promise<DecisionAnswer>;
  /** True for the first who names this delivery, in whichever process; everybody after that must not carry it out. */
  firstDelivery(key: string): Promise<boolean>;
  /** Notes what somebody typed after `/sse`, allowed or not; masked and bounded. Never throws. */
  commandTyped(actor: Actor, typed: { readonly text: string; readonly channel: string }): Promise<void>;
  requester(requestId: string): Promise<string | undefined>;
  /** By request ID, an unambiguous beginning of it, or a site with a request; `file` is the plan for machines, without a secret. */
  storedPlan(typed: string): Promise<Result<{ readonly requestId: string; readonly file: unknown }>>;
  /** What was asked for and what became of it, newest first, of a site by name or ID or of all; from rows alone. */
  history(of: {
    readonly site?: string;
    readonly siteId?: string;
    readonly offset?: number;
  }): Promise<Result<HistoryPage>>;
  /** Everything that proves one request's fate, without a secret. */
  evidence(requestId: string): Promise<Result<Evidence>>;
  status(siteId: string): Promise<Result<SiteStatus>>;
  /** Every site that the bot has connected, worst first; an earlier reading where it is no older than this. */
  fleet(maxAgeMs?: number): Promise<Result<Fleet>>;
  /** Learned routes of a site, compared with what is promised and with the reading before. */
  routes(siteId: string): Promise<Result<RouteReport>>;
  /** Why a site does not work, whoever built it; the failure says that there is nothing to diagnose. */
  diagnose(siteId: string): Promise<Result<SiteDiagnosis>>;
  readonly cards: CardFeed;
}
