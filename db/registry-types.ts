/** A range or slot held by a request or by a live site. */
export interface Reservation {
  readonly kind: 'range' | 'bandwidth' | 'network-slot' | 'link-slot';
  /** CIDR for a range; else a name that is unique within the site. */
  readonly key: string;
  readonly amount: number;
  readonly siteId: string;
  readonly siteName: string;
  readonly requestId: string;
}

/** What was left of something that runs out, when the tenant was read. */
export interface Capacity {
  readonly kind: 'bandwidth' | 'network-slot';
  readonly left: number;
  /** Keys that the reading has counted already: what is reserved for them takes nothing more. */
  readonly counted: readonly string[];
}

export interface RegistryStore {
  /**
   * Replaces what this request holds; all or none. Returns the clash with somebody else's range, if any, or what is full: what
   * others of other sites hold and the reading has not counted is taken off what was left. One reservation at a time.
   */
  reserve(
    requestId: string,
    rows: readonly Reservation[],
    capacities?: readonly Capacity[],
  ): Promise<{ readonly clash?: Reservation; readonly full?: Capacity['kind'] }>;
  release(requestId: string): Promise<void>;
  all(): Promise<readonly Reservation[]>;
}
