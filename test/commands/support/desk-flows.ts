import { failed, ok, type Failure, type Result } from '../../../src/base/failure.ts';
import type { RouteReport } from '../../../src/flows/routes/route-report.ts';
import type { SiteDiagnosis } from '../../../src/flows/diagnose/site-diagnosis.ts';
import type { InputProblem } from '../../../src/design/types.ts';
import type {
  Actor,
  CardFeed,
  DecisionAnswer,
  Evidence,
  HistoryPage,
  Flows,
  Choice,
  ChoiceList,
  Fleet,
  FormValues,
  OnboardForm,
  OrphanReport,
  Posted,
  RequestRef,
  RequestView,
  SiteRef,
  SiteStatus,
} from '../../../src/flows/types.ts';
import { fleetOf, onboardForm, requestView, siteStatus } from './samples.ts';

export const LYON: SiteRef = { id: 'site-lyon', name: 'Lyon' };

export function failure(hint: string, over: Partial<Failure> = {}): Failure {
  return { code: 'flow.test', message: 'test', hint, retryable: false, ...over };
}

/** The flows as a desk with one clerk: everything in memory, every call written down, answers set by the test. */
export class DeskFlows implements Flows {
  readonly calls: string[] = [];
  sites: SiteRef[] = [LYON, { id: 'site-paris', name: 'Paris' }];
  form: Result<OnboardForm> = ok(onboardForm());
  problems: Result<readonly InputProblem[]> = ok([]);
  submitted: { actor: Actor; draftId: string; values: FormValues }[] = [];
  submitFailure: Failure | undefined;
  /** What the clicked cards showed. */
  readonly approvedRevisions: (number | undefined)[] = [];
  siteStatus: Result<SiteStatus> = ok(siteStatus());
  fleetStatus: Result<Fleet> = ok(fleetOf([]));
  /** Awaited by site lookups and form reads. */
  delayMs = 0;
  /** Awaited there as well, for a test that says when. */
  held: Promise<void> | undefined;
  readonly views = new Map<string, RequestView>();
  readonly #cards = new Map<string, { channel: string; ts?: string; drawn?: string }>();
  readonly #listeners: (() => void)[] = [];
  #outbox: { requestId: string; seq: number }[] = [];
  #seq = 0;

  /** A request came to be, or changed. */
  put(view: RequestView): void {
    this.views.set(view.id, view);
    this.#outbox.push({ requestId: view.id, seq: (this.#seq += 1) });
    for (const listener of this.#listeners) listener();
  }

  change(requestId: string, patch: Partial<RequestView>): void {
    const view = this.views.get(requestId);
    if (view) this.put({ ...view, ...patch });
  }

  async searchSites(query: string, limit: number): Promise<Result<readonly SiteRef[]>> {
    this.calls.push(`searchSites ${query}`);
    const found = this.sites.filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()));
    return ok(found.slice(0, limit));
  }

  async findSite(nameOrId: string): Promise<Result<SiteRef>> {
    this.calls.push(`findSite ${nameOrId}`);
    await this.#late();
    const site = this.sites.find(({ id, name }) => id === nameOrId || name === nameOrId);
    return site ? ok(site) : failed(failure('There is no such site. Did you mean Lyon?'));
  }

  async openForm(actor: Actor, request: Parameters<Flows['openForm']>[1]): Promise<Result<OnboardForm>> {
    this.calls.push(`openForm ${actor.user} ${request.siteId} ${request.option} ${request.channel}`);
    await this.#late();
    return this.form;
  }

  async reopenForm(actor: Actor, requestId: string): Promise<Result<OnboardForm>> {
    this.calls.push(`reopenForm ${actor.user} ${requestId}`);
    const requester = await this.requester(requestId);
    return actor.user === requester ? this.form : failed(failure('Only the requester can edit.'));
  }

  async formChoices(
    draftId: string,
    list: ChoiceList,
    query: string,
    limit: number,
  ): Promise<readonly Choice[]> {
    this.calls.push(`formChoices ${draftId} ${list} ${query}`);
    if (!this.form.ok) return [];
    return this.form.value[list].filter((c) => c.label.includes(query)).slice(0, limit);
  }

  async checkForm(draftId: string): Promise<Result<readonly InputProblem[]>> {
    this.calls.push(`checkForm ${draftId}`);
    return this.problems;
  }

  async formWith(_actor: Actor, draftId: string, values: FormValues): Promise<Result<OnboardForm>> {
    this.calls.push(`formWith ${draftId}`);
    return this.form.ok ? ok({ ...this.form.value, initial: values }) : this.form;
  }

  async submitForm(actor: Actor, draftId: string, values: FormValues) {
    this.submitted.push({ actor, draftId, values });
    if (this.submitFailure) return failed(this.submitFailure);
    this.put(requestView({ requester: actor.user }));
    return ok({ requestId: 'req-1', channel: 'C0NETWORK1' });
  }

  approve(actor: Actor, id: string, revision?: number): Promise<DecisionAnswer> {
    this.approvedRevisions.push(revision);
    return this.#decide(actor, id, 'approve', ['Plan'], { state: 'Running' }, 'Approved.');
  }

  accept(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'accept', ['Plan'], { canApprove: true, toAccept: [] }, 'Accepted.');
  }

  reject(actor: Actor, id: string, reason: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'reject', ['Plan'], { state: 'Rejected', reason }, 'Rejected.');
  }

  cancel(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'cancel', ['Plan'], { state: 'Cancelled' }, 'Cancelled.');
  }

  retry(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'retry', ['Needs decision'], { state: 'Running' }, 'Trying again.');
  }

  rollBack(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'rollBack', ['Needs decision'], { state: 'Rolled back' }, 'Rolling back.');
  }

  keep(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'keep', ['Needs decision'], { state: 'Onboarded' }, 'Kept.');
  }

  async bypass(actor: Actor, { site, channel }: { site: SiteRef; channel: string }): Promise<Posted> {
    this.calls.push(`bypass ${actor.user} ${site.name}`);
    if (this.submitFailure) return failed(this.submitFailure);
    return ok({ requestId: 'req-1', channel });
  }

  async bypassOff(actor: Actor, { site, channel }: { site: SiteRef; channel: string }): Promise<Posted> {
    this.calls.push(`bypassOff ${actor.user} ${site.name}`);
    return ok({ requestId: 'req-1', channel });
  }

  orphanReport: OrphanReport = { orphans: [], gone: [], missing: [], unread: [] };

  async orphans(): Promise<OrphanReport> {
    return this.orphanReport;
  }

  async removeOrphan(actor: Actor, where: { orphanId: string; channel: string }): Promise<Posted> {
    this.calls.push(`removeOrphan ${actor.user} ${where.orphanId} ${where.channel}`);
    return ok({ requestId: 'req-1', channel: where.channel });
  }

  async findRequest(text: string): Promise<Result<RequestRef>> {
    this.calls.push(`findRequest ${text}`);
    const view = [...this.views.values()].find((v) => v.id === text || v.site.name === text);
    if (!view) return failed(failure('There is no such request.'));
    const { id, requester, site, state } = view;
    return ok({ id, requester, siteName: site.name, isRunning: state === 'Running' });
  }

  stopRun(actor: Actor, id: string): Promise<DecisionAnswer> {
    return this.#decide(actor, id, 'stop', ['Running'], { stopBy: actor.user }, 'It stops.');
  }

  pages: Result<HistoryPage> = ok({ entries: [], offset: 0, perPage: 5, hasMore: false });
  pack: Result<Evidence> = failed(failure('no such request'));
  async history(of: { site?: string; siteId?: string; offset?: number }): Promise<Result<HistoryPage>> {
    this.calls.push(`history ${of.site ?? of.siteId ?? 'all'} ${of.offset ?? 0}`);
    return this.pages;
  }
  readonly typed: string[] = [];
  async commandTyped(actor: Actor, { text }: { text: string }): Promise<void> {
    this.typed.push(`${actor.user} ${text}`);
  }
  async evidence(requestId: string): Promise<Result<Evidence>> {
    this.calls.push(`evidence ${requestId}`);
    return this.pack;
  }
  async offboard(actor: Actor, { site, channel }: { site: SiteRef; channel: string }): Promise<Posted> {
    this.calls.push(`offboard ${actor.user} ${site.name} ${channel}`);
    if (this.submitFailure) return failed(this.submitFailure);
    this.put(requestView({ requester: actor.user, verb: 'offboard', site, canEdit: false }));
    return ok({ requestId: 'req-1', channel });
  }

  async freeze(actor: Actor, isOn: boolean, reason: string): Promise<DecisionAnswer> {
    this.calls.push(`freeze ${actor.user} ${isOn ? 'on' : 'off'} ${reason}`);
    return { kind: 'accepted', message: isOn ? 'Frozen.' : 'Not frozen any more.' };
  }

  readonly deliveries = new Set<string>();

  async firstDelivery(key: string): Promise<boolean> {
    const isFirst = !this.deliveries.has(key);
    this.deliveries.add(key);
    return isFirst;
  }

  async requester(requestId: string): Promise<string | undefined> {
    return this.views.get(requestId)?.requester;
  }

  async storedPlan(typed: string) {
    this.calls.push(`storedPlan ${typed}`);
    const view = this.views.get(typed);
    return view
      ? ok({ requestId: view.id, file: { request: view.id, digest: view.digest } })
      : failed(failure('There is no request of that ID.'));
  }

  async status(siteId: string): Promise<Result<SiteStatus>> {
    this.calls.push(`status ${siteId}`);
    return this.siteStatus;
  }

  routeReport: Result<RouteReport> = failed(failure('No routes.'));

  async routes(siteId: string): Promise<Result<RouteReport>> {
    this.calls.push(`routes ${siteId}`);
    return this.routeReport;
  }

  diagnosis: Result<SiteDiagnosis> = failed(failure('Nothing to diagnose.'));

  async diagnose(siteId: string): Promise<Result<SiteDiagnosis>> {
    this.calls.push(`diagnose ${siteId}`);
    return this.diagnosis;
  }

  async fleet(maxAgeMs = 0): Promise<Result<Fleet>> {
    this.calls.push(`fleet ${maxAgeMs}`);
    return this.fleetStatus;
  }

  readonly cards: CardFeed = {
    pending: async () => this.#outbox.map((row) => ({ ...row })),
    confirm: async (requestId, seq) => {
      this.#outbox = this.#outbox.filter((row) => row.requestId !== requestId || row.seq > seq);
    },
    onAdded: (listener) => void this.#listeners.push(listener),
    view: async (requestId) => this.views.get(requestId),
    card: async (requestId) => this.#cards.get(requestId),
    saveCard: async (requestId, card) => void this.#cards.set(requestId, card),
    claim: async () => true,
    release: async () => undefined,
  };

  async #decide(
    actor: Actor,
    id: string,
    what: string,
    from: readonly RequestView['state'][],
    patch: Partial<RequestView>,
    message: string,
  ): Promise<DecisionAnswer> {
    this.calls.push(`${what} ${actor.user} ${id}`);
    const view = this.views.get(id);
    if (!view || !from.includes(view.state)) {
      return { kind: 'refused', message: `This request is ${view?.state ?? 'unknown'} already.` };
    }
    this.change(id, patch);
    return { kind: 'accepted', message };
  }

  async #late(): Promise<void> {
    await this.held;
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
  }
}
