import type { CheckId } from '../../design/cross-checks/catalogue.ts';
import type { SiteViews } from '../../design/cross-checks/types.ts';
import type { Part } from '../../design/cross-checks/views.ts';
import type { HealthEvent } from '../../integrations/entra/types.ts';
import type { BgpPeerStat, DeviceEvent, DeviceStats, TunnelStat } from '../../integrations/mist/types.ts';

/** Everything that a diagnosis is drawn from: both configurations, what both vendors report, and what the router was asked. */
export interface Evidence {
  readonly now: number;
  readonly views: SiteViews;
  /** Whether there is anything for the site in Entra; `unread` is neither. */
  readonly inEntra: 'found' | 'none' | 'unread';
  readonly device: Part<DeviceStats>;
  readonly tunnels: Part<readonly TunnelStat[]>;
  readonly peers: Part<readonly BgpPeerStat[]>;
  /** Newest first. */
  readonly events: Part<readonly DeviceEvent[]>;
  /** Newest first. */
  readonly health: Part<readonly HealthEvent[]>;
  /** The interfaces by which the router would send Microsoft's traffic; undefined where it was not asked. */
  readonly path?: Part<readonly string[]>;
  /** Pings from the router to Microsoft's BGP addresses; undefined where none was sent. */
  readonly pings?: readonly PingEvidence[];
}

export interface PingEvidence {
  readonly address: string;
  /** `small` fits every path; `large` only one that carries Microsoft's 1,380 bytes. undefined = no answer of the router. */
  readonly small: boolean | undefined;
  readonly large: boolean | undefined;
}

/** What IKE said when a tunnel did not come up, as far as the router's words tell. */
export type TunnelTrouble =
  | 'authentication' // one error for a wrong key, a wrong local ID and a wrong remote ID (RFC 7296 §2.21.2)
  | 'proposal'
  | 'silent' // no answer at all
  | 'wan-down'
  | 'no-wan'
  | 'not-ipsec'
  | 'unclear';

/** Something that is not as it should be, seen and not yet explained. */
export type Symptom =
  | { readonly kind: 'router-offline'; readonly sinceMs: number | undefined }
  | { readonly kind: 'config-not-applied'; readonly how: 'pending' | 'failed' }
  | {
      readonly kind: 'tunnel-down';
      readonly connector: string;
      readonly trouble: TunnelTrouble;
      readonly words: string;
      /** It was up within the window that the events cover. */
      readonly wasUp: boolean;
      /** It fell when a rekey was due. */
      readonly atRekey: boolean;
    }
  | { readonly kind: 'tunnel-unreported'; readonly connector: string }
  | {
      readonly kind: 'neighbor-down';
      readonly connector: string;
      readonly address: string;
      readonly state: string;
      readonly wasUp: boolean;
    }
  | { readonly kind: 'neighbor-unreported'; readonly connector: string; readonly address: string }
  | { readonly kind: 'no-routes'; readonly connector: string; readonly address: string }
  | { readonly kind: 'stray-traffic'; readonly seen: string }
  | { readonly kind: 'contradiction'; readonly connector: string; readonly text: string };

export type Likelihood = 'almost certain' | 'likely' | 'possible';

/** Causes that no comparison of configurations names. */
export type OtherCause =
  | 'router-offline'
  | 'config-failed'
  | 'config-pending'
  | 'wan-down'
  | 'public-ip-changed'
  | 'microsoft-silent'
  | 'udp-blocked'
  | 'zone-away'
  | 'zone-over-one-tunnel'
  | 'software-installing'
  | 'no-connector'
  | 'no-link'
  | 'not-running-it'
  | 'policy-refuses-all'
  | 'packet-size'
  | 'late-report';

export type CauseId = CheckId | OtherCause;

export interface Cause {
  readonly id: CauseId;
  /** Connector, link, neighbor, or the site. */
  readonly subject: string;
  readonly likelihood: Likelihood;
  /** One sentence. */
  readonly what: string;
  readonly evidence: readonly string[];
  /** The portal step or the command that mends it. */
  readonly mend: string;
  /** Breaks later, or is hidden behind another cause, instead of explaining what is seen now. */
  readonly waiting?: true;
}

/** Causes between which the evidence does not decide. */
export interface CannotTell {
  readonly ids: readonly CauseId[];
  readonly subject: string;
  readonly because: string;
  /** What would tell them apart. */
  readonly how: string;
}

/** Causes ranked, with what cannot be told. Holds no key. */
export interface Findings {
  readonly symptoms: readonly Symptom[];
  /** Most likely first. */
  readonly causes: readonly Cause[];
  readonly cannotTell: readonly CannotTell[];
  /** Breaks nothing, and deserves a look. */
  readonly notes: readonly string[];
}
