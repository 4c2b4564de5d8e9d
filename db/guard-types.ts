/** Whether changes are frozen, since when, by whom and why. */
export interface FreezeRow {
  readonly isOn: boolean;
  readonly reason: string;
  readonly by: string;
  readonly at: number;
}

export interface FreezeStore {
  /** undefined = never switched. */
  get(): Promise<FreezeRow | undefined>;
  /** Compare and set: false where it is so already. */
  set(row: FreezeRow): Promise<boolean>;
}

export interface ReminderStore {
  /** True for the first who wants to remind of this revision; everybody after that is told no. */
  claim(requestId: string, revision: number, now: number): Promise<boolean>;
  /** When somebody was reminded of this revision, if ever. */
  at(requestId: string, revision: number): Promise<number | undefined>;
}

/** What came in from outside, remembered by a key that is the same when it comes again. */
export interface DeliveryStore {
  /** True where this key was never seen before. */
  isFirst(source: 'slack' | 'mist', key: string, now: number): Promise<boolean>;
  prune(before: number): Promise<void>;
}
