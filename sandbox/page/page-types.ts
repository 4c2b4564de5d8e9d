import type { TextNode } from './mrkdwn.ts';

/** What the server tells the page. The browser's modules name these types; nothing here needs Node. */

/** A Slack block or element; texts carry `nodes`, images `src` where the workspace holds the picture. */
export type Drawn = Record<string, unknown>;

export interface PersonOption {
  readonly id: string;
  /** The handle; the page's address names it. */
  readonly name: string;
  readonly label: string;
}

export interface FileState {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
  readonly alt: string;
  readonly isImage: boolean;
  readonly url: string;
}

export interface Entry {
  readonly ts: string;
  readonly author: string;
  readonly isApp: boolean;
  /** Epoch ms. */
  readonly at: number;
  readonly edited: boolean;
  /** Only the acting person sees it. */
  readonly isPrivate: boolean;
  /** The text fallback, as a notification shows it. */
  readonly fallback: string;
  /** The text, for a message without blocks. */
  readonly nodes: readonly TextNode[];
  readonly blocks: readonly Drawn[];
  readonly files: readonly FileState[];
  readonly replies: readonly Entry[];
}

export interface Conversation {
  readonly id: string;
  readonly name: string;
  readonly isDirect: boolean;
  readonly entries: readonly Entry[];
}

export interface ModalState {
  readonly id: string;
  /** Changes with every new content. */
  readonly hash: string;
  readonly title: string;
  /** Absent: there is nothing to send. */
  readonly submit?: string;
  readonly close: string;
  readonly blocks: readonly Drawn[];
  /** Block id → action id → state value, as `view.state.values` has it. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Drawn>>>>;
  readonly errors: Readonly<Record<string, string>>;
}

/** A slash command with its usage lines, as the app's manifest states them. */
export interface CommandHint {
  readonly command: string;
  readonly description: string;
  readonly usages: readonly string[];
}

/** The workspace as one person sees it. */
export interface WorkspaceState {
  readonly who: string;
  readonly people: readonly PersonOption[];
  readonly conversations: readonly Conversation[];
  readonly modal: ModalState | null;
  /** The app's home as it was published last for this person; null before. */
  readonly home: readonly Drawn[] | null;
  readonly commands: readonly CommandHint[];
  /** What the bot did that Slack would refuse. */
  readonly violations: readonly string[];
}

export interface PeerLine {
  readonly neighbor: string;
  readonly asn: number;
  readonly state: string;
  readonly isUp: boolean;
  readonly learned: number;
  readonly announced: number;
}

export interface ConnectorLine {
  readonly name: string;
  /** Whether it leads to Microsoft by its name; a site may have others that nobody touches. */
  readonly isOurs: boolean;
  readonly wan: string;
  readonly peerIp: string;
  /** `up`, `down`, `not applied`, `not reported`. */
  readonly state: string;
  readonly isUp: boolean;
  /** Why it is down, or how often it has rekeyed. */
  readonly detail: string;
  readonly peers: readonly PeerLine[];
}

export interface PortLine {
  readonly name: string;
  readonly key: string;
  readonly node: string;
  readonly publicIp: string;
  /** What the switch says; a port of a device that is away may be plugged and still down. */
  readonly isPlugged: boolean;
  readonly isUp: boolean;
}

export interface SiteLine {
  readonly name: string;
  readonly device: string;
  readonly online: boolean;
  readonly configStatus: string;
  readonly ports: readonly PortLine[];
  readonly connectors: readonly ConnectorLine[];
}

export interface ZoneLine {
  readonly link: string;
  readonly zone: 1 | 2;
  readonly alive: boolean;
}

/** A value that came (`+`) or went (`-`), by its path. */
export interface ChangeLine {
  readonly mark: '+' | '-';
  readonly path: string;
  readonly value: string;
}

export interface ChangedObject {
  readonly side: string;
  readonly name: string;
  readonly lines: readonly ChangeLine[];
  /** Lines that are not shown. */
  readonly more: number;
}

/** What the last run of changes did to both portals. */
export interface LastChange {
  /** Of its newest change, epoch ms. */
  readonly at: number;
  readonly objects: readonly ChangedObject[];
}

/** What else can break, as it is now. */
export interface Conditions {
  readonly tenantOnboarded: boolean;
  readonly zone2ThroughZone1: boolean;
  /** Whether the vendor answers; else every call gets 503. */
  readonly entraAnswers: boolean;
  readonly mistAnswers: boolean;
  readonly slackAnswers: boolean;
}

/** Both vendors' sides and the data plane between them. */
export interface NetworkState {
  /** The bots; more than one where they share a database. */
  readonly workers: readonly {
    readonly number: number;
    readonly pid: number | undefined;
    readonly state: string;
    /** The last line of its log. */
    readonly said?: string;
  }[];
  readonly sites: readonly SiteLine[];
  readonly zones: readonly ZoneLine[];
  /** Without keys. */
  readonly entra: readonly { readonly name: string; readonly json: unknown }[];
  readonly mist: readonly { readonly name: string; readonly json: unknown }[];
  readonly conditions: Conditions;
  readonly lastChange: LastChange | null;
}
