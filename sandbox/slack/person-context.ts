import type { Deliveries } from './deliveries.ts';
import type { ResponseUrls } from './response-urls.ts';
import type { TriggerBook } from './triggers.ts';
import type { ViolationLog } from './violations.ts';
import type { SlackWorld } from './world.ts';

/** What people act through. */
export interface PersonContext {
  world: SlackWorld;
  deliveries: Deliveries;
  triggers: TriggerBook;
  responseUrls: ResponseUrls;
  violations: ViolationLog;
  commands: readonly string[];
  origin: string;
}
