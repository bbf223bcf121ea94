// Generated from workstation/protocol by `python -m workstation.web.typescript`.
// Do not edit.

export type OperatorState = "offline" | "ready" | "offered" | "talking" | "wrap_up" | "paused";
export type CallState = "menu" | "waiting" | "ringing" | "talking" | "held" | "dialling";
export type ConversationState = "ringing" | "talking" | "held" | "wrap_up" | "done" | "missed";
export type Collection = "operators" | "queues" | "calls" | "conversations" | "requests" | "campaigns" | "gaps" | "tasks" | "sources" | "messages" | "helps" | "previews";
export interface OperatorView {
  id: string;
  name: string;
  state: "offline" | "ready" | "offered" | "talking" | "wrap_up" | "paused";
  since: string;
  reason: string;
  queues: string[];
  phone: string;
  registered: boolean;
  call: string | null;
  with_whom: string;
  calls_today: number;
  talked_today_s: number;
  limit_s?: number | null;
  over?: "" | "amber" | "red";
  line?: string;
  pbx?: string;
  away?: boolean;
}

export interface WaitingView {
  call: string;
  number: string;
  name: string;
  since: string;
}

export interface ParkedView {
  call: string;
  number: string;
  name: string;
  by: string;
  since: string;
}

export interface QueuePartView {
  pbx: string;
  away: boolean;
  waiting: number;
  ready: number;
  signed_in: number;
}

export interface AlarmView {
  figure: "waiting" | "longest" | "level" | "abandoned" | "ready" | "signed_in";
  level: "amber" | "red";
  bound: number;
  since: string;
  sound?: boolean;
  message?: string;
}

export interface QueueView {
  id: string;
  name: string;
  waiting: WaitingView[];
  ready: number;
  talking: number;
  signed_in: number;
  answered_today: number;
  abandoned_today: number;
  in_time_today: number;
  service_level_s: number;
  parked?: ParkedView[];
  parts?: QueuePartView[];
  alarms?: AlarmView[];
}

export interface SegmentView {
  kind: string;
  who: string | null;
  started_at: string;
  ended_at: string | null;
}

export interface ConsultView {
  who: string;
  operator: string | null;
  state: "ringing" | "talking" | "held";
  since: string;
}

export interface ListenerView {
  supervisor: string;
  mode: "listen" | "whisper" | "barge";
  name?: string;
  operator?: string;
  since?: string;
}

export interface CallView {
  id: string;
  direction: "in" | "out" | "internal";
  state: "menu" | "waiting" | "ringing" | "talking" | "held" | "dialling";
  number: string;
  name: string;
  client_id: number | null;
  client_name: string;
  queue: string | null;
  operator: string | null;
  since: string;
  started_at: string;
  campaign: string;
  segments: SegmentView[];
  consult?: ConsultView | null;
  conference?: boolean;
  parked_by?: string;
  muted?: boolean;
  recording?: "" | "on" | "paused";
  listeners?: ListenerView[];
  can?: string[];
  pbx?: string;
}

export interface ReasonView {
  kind: string;
  text: string;
  name?: string;
}

export interface CandidateView {
  client_id: number;
  name: string;
  reasons: ReasonView[];
}

export interface PhoneView {
  e164: string;
  label: string;
  source: string;
  confirmed_at: string | null;
  confirmed_by: string | null;
  name?: string;
  primary?: boolean;
  trust?: number;
}

export interface EmailView {
  email: string;
  name: string;
  primary: boolean;
  source: string;
  trust: number;
  confirmed_at: string | null;
  confirmed_by: string | null;
}

export interface AddressView {
  id: number;
  text: string;
  city: string;
  street: string;
  house: string;
  flat: string;
  postcode: string;
  name: string;
  primary: boolean;
  source: string;
  trust: number;
  confirmed_at: string | null;
  confirmed_by: string | null;
}

export interface RelationView {
  id: number;
  client_id: number;
  name: string;
  role: string;
  calls_for: boolean;
  note: string;
  confirmed_at: string | null;
  confirmed_by: string | null;
}

export interface ConsentView {
  kind: string;
  given: boolean;
  channel: string;
  note: string;
  by: string;
  at: string;
}

export interface FieldView {
  key: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "money" | "reference";
  choices: string[];
  currency: string;
  refers_to: string;
  searchable: boolean;
  sensitive: boolean;
  place: number;
  version: number;
  retired: boolean;
}

export interface CustomView {
  field: FieldView;
  value: unknown;
  text: string;
  hidden: boolean;
}

export interface MeterView {
  number: string;
  last_reading: number | null;
  last_read_at: string | null;
}

export interface AccountView {
  id: number;
  number: string;
  address: string;
  balance_minor: number;
  currency: string;
  meters: MeterView[];
}

export interface HiddenView {
  group: string;
  right: string;
}

export interface CardView {
  client_id: number;
  kind: "person" | "organisation";
  name: string;
  language: string;
  flags: string[];
  tags: string[];
  phones: PhoneView[];
  accounts: AccountView[];
  debt_minor: number;
  debt_since: string | null;
  currency: string;
  masked: boolean;
  others_on_number: CandidateView[];
  version?: number;
  time_zone?: string;
  source?: string;
  merged_into?: number | null;
  emails?: EmailView[];
  addresses?: AddressView[];
  relations?: RelationView[];
  consents?: ConsentView[];
  custom?: CustomView[];
  hidden?: HiddenView[];
}

export interface TimelineView {
  key: string;
  kind: string;
  at: string;
  facts: Record<string, unknown>;
}

export interface ConversationView {
  id: number;
  call: string;
  operator: string;
  state: "ringing" | "talking" | "held" | "wrap_up" | "done" | "missed";
  direction: "in" | "out" | "internal";
  number: string;
  number_label: string;
  caller_name: string;
  queue: string;
  queue_name: string;
  menu_path: string[];
  campaign: string;
  waited_s: number;
  offered_at: string;
  answered_at: string | null;
  ended_at: string | null;
  wrap_up_until: string | null;
  candidates: CandidateView[];
  client_id: number | null;
  identity: "unknown" | "confirmed" | "refused";
  card: CardView | null;
  timeline: TimelineView[];
  timeline_cursor: string | null;
  draft: DraftView;
  form: FormView | null;
  dispositions: DispositionView[];
  notice: string;
  handed?: HandedView | null;
  confirmed?: ConfirmedView | null;
  questions?: QuestionView[];
  questions_needed?: number;
  suggested?: string | null;
  extensions_left?: number;
  consult?: ConsultView | null;
  conference?: boolean;
  parked_by?: string;
  muted?: boolean;
  recording?: "" | "on" | "paused";
  listeners?: ListenerView[];
  can?: string[];
  script?: string;
  tab?: "" | "request" | "script" | "offers";
  guided_at?: string;
}

export interface RequestView {
  id: number;
  number: string;
  type: string;
  title: string;
  client_id: number;
  client_name: string;
  stage: string;
  stages: string[];
  group: string;
  operator: string | null;
  created_at: string;
  due_at: string;
  late: boolean;
  fields: Record<string, string>;
  stage_at?: string | null;
  late_at?: string | null;
  reaction_at?: string | null;
  offered_to?: string | null;
  offered_until?: string | null;
  channel?: string;
  contact?: string;
}

export interface CampaignView {
  id: number;
  name: string;
  state: "draft" | "running" | "paused" | "ended";
  size: number;
  ledger: Record<string, number>;
  attempts: number;
  lines: number;
  why: string;
  started_at: string | null;
  ended_at: string | null;
}

export interface GapView {
  id: string;
  pbx: string;
  since: string;
  until: string | null;
  calls_lost: number;
  why?: "link" | "server" | "asterisk";
  mended?: number;
  unknown?: number;
  looking?: boolean;
}

export interface PhoneAccess {
  ws_url: string;
  realm_uri: string;
  user: string;
  password: string;
  answers_dialler?: boolean;
}

export interface Me {
  id: string;
  login: string;
  name: string;
  roles: string[];
  groups: string[];
  queues: string[];
  locale: string;
  phone: PhoneAccess | null;
}

export interface Choice {
  id: string;
  name: string;
}

export interface Catalogue {
  company: string;
  currency: string;
  time_zone: string;
  pause_reasons: Choice[];
  request_types: FormView[];
  queues: Choice[];
  groups: Choice[];
  operators?: Choice[];
  pause_limits?: Record<string, number>;
}

export interface Snapshot {
  type: "snapshot";
  seq: number;
  now: string;
  build: string;
  session: string;
  csrf: string;
  me: Me;
  catalogue: Catalogue;
  views: Record<string, Record<string, unknown>>;
}

export type Change = [collection: string, id: string, view: unknown | null];

export interface Delta {
  type: "delta";
  seq: number;
  now: string;
  changes: Change[];
}

export interface Problem {
  code: string;
  title: string;
  detail?: string;
  facts?: Record<string, unknown>;
}

export interface Reply {
  type: "reply";
  seq: number;
  n: number;
  result?: unknown;
  problem?: Problem | null;
}

export interface Notice {
  type: "notice";
  seq: number;
  code: string;
  text?: string;
}

export interface SignIn {
  type: "sign_in";
  login?: string;
  password?: string;
  session?: string;
}

export interface Do {
  type: "do";
  n: number;
  action: string;
  args?: unknown;
}

export interface SetState {
  state: "ready" | "paused" | "offline";
  reason?: string;
}

export interface AttachPhone {
  phone: "web" | "desk";
}

export interface ChooseClient {
  conversation: number;
  client_id: number | null;
}

export interface NewClient {
  conversation: number;
  name: string;
  kind?: "person" | "organisation";
}

export interface FileRequest {
  client_id: number;
  type: string;
  fields: Record<string, string>;
  conversation?: number | null;
}

export interface ListRequests {
  group?: string | null;
  include_closed?: boolean;
}

export interface MoveRequest {
  id: number;
  stage: string;
  note?: string;
}

export interface SearchClients {
  text: string;
}

export interface ClientCard {
  client_id: number;
  reason?: string;
}

export interface MoreTimeline {
  client_id: number;
  cursor: string | null;
  kinds?: string[];
}

export interface HangUp {
  call: string;
}

export interface CampaignArgs {
  campaign: number;
}

export interface CampaignEntries {
  campaign: number;
  state?: string | null;
  cursor?: string | null;
}

export interface SignOut {

}

export interface ConditionShape {
  field: string;
  op: "at_least" | "at_most" | "is" | "is_not" | "contains" | "known" | "unknown";
  value?: string | number | number | null;
}

export interface MakeCampaign {
  name: string;
  queue: string;
  pacing?: "preview" | "progressive" | "predictive" | "message";
  law?: string[];
  retries?: "calm" | "quick";
  ring_s?: number;
  caller_id?: string;
  menu?: string;
}

export interface CountList {
  conditions: ConditionShape[];
}

export interface FillList {
  campaign: number;
  conditions: ConditionShape[];
}

export interface AddToList {
  campaign: number;
  client_id: number;
  reason: string;
}

export interface RemoveFromList {
  entry: number;
  reason: string;
}

export interface ImportList {
  campaign: number;
  text: string;
  unknown?: "create" | "refuse";
}

export interface ShowResults {
  campaign: number;
  by?: "outcome" | "number" | "hour" | "operator" | "attempt" | "segment";
  line_minute?: number;
  operator_hour?: number;
}

export interface OpenResult {
  campaign: number;
  figure: "dials" | "answered" | "talked" | "reached" | "promised" | "kept" | "broken" | "paid";
  by?: "outcome" | "number" | "hour" | "operator" | "attempt" | "segment";
  key?: string | null;
}

export interface Pace {
  campaign: number;
  pacing: "preview" | "progressive" | "predictive" | "message";
  lines?: number | null;
}

export interface Again {
  campaign: number;
  name: string;
}

export interface Outlook {
  campaign: number;
  operators?: number;
  lines?: number | null;
}

export interface PhoneEdit {
  number: string;
  name?: string | null;
  primary?: boolean | null;
  confirmed?: boolean;
  removed?: boolean;
}

export interface EmailEdit {
  email: string;
  name?: string | null;
  primary?: boolean | null;
  confirmed?: boolean;
  removed?: boolean;
}

export interface AddressEdit {
  id?: number | null;
  city?: string;
  street?: string;
  house?: string;
  flat?: string;
  postcode?: string;
  name?: string | null;
  primary?: boolean | null;
  confirmed?: boolean;
  removed?: boolean;
}

export interface RelationEdit {
  id?: number | null;
  client_id?: number | null;
  role?: string;
  calls_for?: boolean;
  note?: string | null;
  confirmed?: boolean;
  removed?: boolean;
}

export interface ConsentEdit {
  kind: "calls" | "messages" | "mail" | "recording" | "data" | "sharing" | "recorded_calls";
  given: boolean;
  channel?: "phone" | "paper" | "web" | "mail" | "import";
  note?: string;
}

export interface ClientEdit {
  name?: string | null;
  kind?: "person" | "organisation" | null;
  language?: string | null;
  time_zone?: string | null;
  tags?: string[] | null;
  flags?: ("vip" | "do_not_call" | "deceased" | "in_court")[] | null;
  custom?: Record<string, unknown>;
  phones?: PhoneEdit[];
  emails?: EmailEdit[];
  addresses?: AddressEdit[];
  relations?: RelationEdit[];
  consents?: ConsentEdit[];
}

export interface ChangedView {
  version: number;
  field: string;
  label: string;
  before: unknown;
  after: unknown;
  hidden: boolean;
  by: string;
  at: string;
}

export interface ChangeClient {
  client_id: number;
  version: number;
  changes: ClientEdit;
}

export interface ClientHistory {
  client_id: number;
  cursor?: string | null;
}

export interface ListFields {
  retired?: boolean;
}

export interface FieldShape {
  label: string;
  kind: "text" | "number" | "date" | "choice" | "money" | "reference";
  choices?: string[];
  currency?: string;
  refers_to?: "" | "client" | "account" | "request";
  searchable?: boolean;
  sensitive?: boolean;
  place?: number;
}

export interface DefineField {
  shape: FieldShape;
  key?: string;
}

export interface AlterField {
  key: string;
  version: number;
  shape: FieldShape;
}

export interface RetireField {
  key: string;
  version: number;
}

export interface Answer {
  call: string;
}

export interface Hold {
  call: string;
}

export interface Resume {
  call: string;
}

export interface Mute {
  call: string;
  on: boolean;
}

export interface Keypad {
  call: string;
  digits: string;
}

export interface Transfer {
  call: string;
  operator?: string | null;
  queue?: string | null;
  number?: string | null;
}

export interface Consult {
  call: string;
  operator?: string | null;
  queue?: string | null;
  number?: string | null;
}

export interface Swap {
  call: string;
}

export interface Complete {
  call: string;
}

export interface Cancel {
  call: string;
}

export interface Conference {
  call: string;
}

export interface Drop {
  call: string;
  party: "client" | "third";
}

export interface Leave {
  call: string;
}

export interface Park {
  call: string;
}

export interface TakeBack {
  call: string;
}

export interface PickUp {
  call: string;
}

export interface Redirect {
  call: string;
  operator?: string | null;
  queue?: string | null;
  number?: string | null;
}

export interface ToMenu {
  call: string;
  menu: string;
}

export interface SwitchRecording {
  call: string;
  on: boolean;
}

export interface PauseRecording {
  call: string;
}

export interface ResumeRecording {
  call: string;
}

export interface Listen {
  call: string;
}

export interface Whisper {
  call: string;
}

export interface Barge {
  call: string;
}

export interface TakeOver {
  call: string;
}

export interface StopListening {
  call: string;
}

export interface PreviewView {
  id: number;
  campaign: string;
  client_id: number;
  client_name: string;
  number: string;
  number_label: string;
  debt_minor: number | null;
  currency: string | null;
  tries: number;
  last: string;
  since: string;
  until: string;
  asked: boolean;
}

export interface DialCard {
  card: number;
}

export interface SkipCard {
  card: number;
  reason: "not_now" | "talked_already" | "not_suitable" | "other";
  note?: string;
}

export interface OwnerView {
  client_id: number;
  name: string;
}

export interface ShownView {
  queue: string;
  name: string;
  number: string;
}

export interface DiallingView {
  number: string;
  label: string;
  retype: boolean;
  owners: OwnerView[];
  why: string;
  facts: Record<string, string | number | number | boolean | null>;
  until: string | null;
  shown: ShownView[];
}

export interface AskDialling {
  number: string;
  client_id?: number | null;
  queue?: string;
  conversation?: number | null;
}

export interface Dial {
  number: string;
  client_id?: number | null;
  retyped?: string;
  queue?: string;
  conversation?: number | null;
}

export interface LikenessView {
  code: string;
  points: number;
  count: number;
}

export interface SuspectView {
  client_id: number;
  name: string;
  kind: "person" | "organisation";
  score: number;
  reasons: LikenessView[];
}

export interface PairSide {
  client_id: number;
  name: string;
}

export interface PairView {
  id: number;
  low: PairSide;
  high: PairSide;
  score: number;
  reasons: LikenessView[];
  state: "open" | "later" | "same" | "different";
  found_by: string;
  found_at: string;
  not_before: string | null;
  decided_by: string | null;
  decided_at: string | null;
  keep: number;
}

export interface MergeView {
  id: number;
  kept: PairSide;
  absorbed: PairSide;
  at: string;
  by: string;
  reason: string;
  undone_at: string | null;
  undone_by: string | null;
}

export interface ComparedView {
  pair: PairView;
  low: CardView;
  high: CardView;
  choosable: string[];
}

export interface CheckDuplicates {
  name?: string;
  kind?: "person" | "organisation";
  phone?: string;
  email?: string;
  account?: string;
  conversation?: number | null;
}

export interface ListDuplicates {
  state?: "open" | "later" | "same" | "different";
  cursor?: string | null;
}

export interface CompareDuplicates {
  id: number;
}

export interface DecideDuplicates {
  id: number;
  decision: "same" | "different" | "later" | "open";
  keep?: number | null;
  take?: string[];
}

export interface MergeClients {
  kept: number;
  absorbed: number;
  take?: string[];
  reason?: string;
}

export interface UnmergeClients {
  merge: number;
}

export interface ListMerges {
  client_id?: number | null;
  cursor?: number | null;
}

export interface ThresholdView {
  figure: "waiting" | "longest" | "level" | "abandoned" | "ready" | "signed_in";
  queue?: string;
  days?: number[];
  since?: string;
  until?: string;
  amber?: number | null;
  red?: number | null;
  sound?: boolean;
  message?: string;
}

export interface CrossingView {
  queue: string;
  figure: "waiting" | "longest" | "level" | "abandoned" | "ready" | "signed_in";
  level: "amber" | "red";
  bound: number;
  at: string;
  ended_at: string | null;
}

export interface ShowThresholds {

}

export interface SaveThresholds {
  version: number;
  thresholds: ThresholdView[];
}

export interface SetOperatorState {
  operator: string;
  state: "ready" | "paused" | "offline";
  why: string;
  reason?: string;
}

export interface WallLinkView {
  id: number;
  name: string;
  queues: string[];
  callers: boolean;
  by: string;
  at: string;
  seen_at: string | null;
  revoked_at: string | null;
}

export interface WallQueueView {
  id: string;
  name: string;
  waiting: number;
  longest_since: string | null;
  level: number | null;
  level_s: number;
  answered: number;
  abandoned: number;
  ready: number;
  talking: number;
  signed_in: number;
  alarms: AlarmView[];
  callers: WaitingView[];
}

export interface WallView {
  now: string;
  build: string;
  company: string;
  name: string;
  time_zone: string;
  queues: WallQueueView[];
  states: Record<string, number>;
  blind: boolean;
}

export interface MakeWallLink {
  name: string;
  queues?: string[];
  callers?: boolean;
}

export interface ListWallLinks {

}

export interface RevokeWallLink {
  id: number;
}

export interface ScriptStepView {
  id: string;
  text: string;
  ask: "" | "yes_no" | "choice" | "text" | "number" | "date" | "sum";
  label: string;
  choices: string[][];
  required: boolean;
  answer: string | null;
  said: string;
  by: string;
  at: string | null;
}

export interface ScriptView {
  id: string;
  title: string;
  steps: ScriptStepView[];
  done: boolean;
}

export interface ScriptChoice {
  id: string;
  title: string;
}

export interface GivenView {
  script: string;
  question: string;
  answer: string;
  by: string;
  at: string;
}

export interface ShowScript {
  conversation: number;
}

export interface ChooseScript {
  conversation: number;
  script: string;
}

export interface AnswerScript {
  conversation: number;
  script: string;
  step: string;
  answer: string;
}

export interface ListAnswers {
  interaction: number;
}

export interface ProposalView {
  id: string;
  kind: "offer" | "hint";
  title: string;
  say: string;
  why: string;
}

export interface ProposedView {
  id: string;
  title: string;
  answer: "accepted" | "refused" | "later";
  until: string | null;
  by: string;
  at: string;
}

export interface ListProposals {
  client_id: number;
  conversation?: number | null;
}

export interface AnswerProposal {
  client_id: number;
  proposal: string;
  answer: "accepted" | "refused" | "later";
  conversation?: number | null;
  until_on?: string | null;
}

export interface OwnKeys {

}

export interface SetKeys {
  keys: Record<string, string>;
}

export interface Beat {

}

export interface ReportLine {
  call: string;
  verdict: "good" | "fair" | "poor" | "silent";
  over?: boolean;
  seconds?: number;
  loss?: number;
  jitter_ms?: number;
  round_trip_ms?: number;
  bad_s?: number;
}

export interface RenewPin {

}

export interface AuditEntryView {
  id: number;
  at: string;
  by: string;
  what: string;
  client_id: number | null;
  client_name: string;
  facts: Record<string, unknown> | null;
  place: number | null;
}

export interface ChainView {
  checked_at: string;
  rows: number;
  head: number;
  head_hash: string;
  waiting: number;
  forgotten: number;
  fault: string;
  broken_place: number | null;
  broken_row: number | null;
}

export interface ObstacleView {
  kind: string;
  ref: number;
}

export interface OtherView {
  client_id: number;
  name: string;
}

export interface PersonView {
  client_id: number;
  client_ids: number[];
  name: string;
  rows: Record<string, number>;
  others: OtherView[];
  obstacles: ObstacleView[];
  erased_at: string | null;
}

export interface ErasedView {
  client_ids: number[];
  reason: string;
  by: string;
  started_at: string;
  finished_at: string;
  rows: Record<string, number>;
  numbers: string[];
}

export interface RetainedView {
  kind: string;
  keep_days: number;
  before: string;
  rows: number;
  digest: string;
}

export interface AuditList {
  by?: string;
  client_id?: number | null;
  what?: string;
  since?: string;
  until?: string;
  cursor?: string | null;
}

export interface AuditVerify {

}

export interface FindPerson {
  client_id: number;
}

export interface ErasePerson {
  client_id: number;
  name: string;
  reason: "asked" | "objected" | "unlawful" | "not_needed" | "court";
}

export interface ListErased {

}

export interface PlanRetention {

}

export interface RunRetention {

}

export interface ShowReport {
  name: "service" | "week" | "waits" | "outcomes" | "operators";
  first: string;
  last: string;
  step?: "quarter" | "half" | "hour" | "day" | "month" | null;
  queue?: string | null;
  direction?: "in" | "out" | "internal" | null;
  beside?: string | null;
}

export interface OpenFigure {
  report: ShowReport;
  column: string;
  row?: string[];
  cursor?: string | null;
}

export interface ReportColumn {
  id: string;
  unit: "contacts" | "share" | "seconds";
}

export interface ReportRow {
  keys: string[];
  cells: (number | null)[];
}

export interface ReportView {
  name: "service" | "week" | "waits" | "outcomes" | "operators";
  first: string;
  last: string;
  step: "quarter" | "half" | "hour" | "day" | "month" | null;
  columns: ReportColumn[];
  rows: ReportRow[];
  totals: (number | null)[];
  beside?: (number | null)[] | null;
  days_left?: number;
  limits?: Record<string, number>;
}

export interface FigureContact {
  interaction_id: number;
  started_at: string;
  direction: string;
  number: string | null;
  client_id: number | null;
  client_name: string | null;
  queue: string | null;
  operator: string | null;
  outcome: string | null;
  disposition: string | null;
  waited_s: number;
  talked_s: number;
  adds: number;
}

export interface RequestEventView {
  request_id: number;
  kind: string;
  from_stage: string | null;
  to_stage: string | null;
  note: string;
  by: string;
  at: string;
}

export interface MailFileView {
  id: number;
  name: string;
  size: number;
  why: string;
  kept: boolean;
}

export interface MailView {
  id: number;
  direction: string;
  sender: string;
  sender_name: string;
  recipient: string;
  subject: string;
  text: string;
  state: string;
  why: string[];
  client_id: number | null;
  request_id: number | null;
  by: string;
  at: string;
  files: MailFileView[];
}

export interface DocumentView {
  id: number;
  template: string;
  title: string;
  by: string;
  at: string;
}

export interface TakeRequest {
  id: number;
}

export interface HandOverRequest {
  id: number;
  operator?: string | null;
  group?: string | null;
  note?: string;
}

export interface ReopenRequest {
  id: number;
  note?: string;
}

export interface JoinRequests {
  id: number;
  into: number;
}

export interface PartRequest {
  id: number;
  note?: string;
}

export interface RequestHistory {
  id: number;
}

export interface WriteMail {
  id: number;
  text: string;
}

export interface MakeDocument {
  id: number;
  template: string;
  text?: string;
}

export interface ListMails {

}

export interface SettleMail {
  id: number;
  client_id?: number | null;
  type?: string | null;
  request_id?: number | null;
}

export interface HitView {
  client_id: number;
  name: string;
  kind: "person" | "organisation";
  why: "phone" | "name" | "account" | "request" | "email" | "address" | "custom";
  marked: string;
  marks: number[][];
  number: string | null;
  account: string | null;
  address: string | null;
  field: string | null;
  request_id: number | null;
  similar: boolean;
}

export interface FigureView {
  kind: "account" | "invoice" | "payment";
  account: string;
  number: string;
  on: string | null;
  due_on: string | null;
  amount_minor: number;
  debt_minor: number;
  currency: string;
  says: string;
}

export interface SourceView {
  id: string;
  source: string;
  name: string;
  client_id: number;
  state: "asking" | "fresh" | "old" | "failed" | "unknown" | "nothing";
  as_of: string | null;
  failing_since: string | null;
  again_at: string | null;
  reason: string;
  why: string;
  masked: boolean;
  balance_minor: number;
  debt_minor: number;
  debt_since: string | null;
  currency: string;
  figures: FigureView[];
  left_out: number;
}

export interface ColleagueView {
  id: string;
  name: string;
  state: "offline" | "ready" | "offered" | "talking" | "wrap_up" | "paused";
  since: string;
  registered: boolean;
  is_near: boolean;
}

export interface QueueTarget {
  id: string;
  name: string;
  waiting: number;
  ready: number;
}

export interface RingingView {
  call: string;
  number: string;
  name: string;
  queue: string;
  operator: string;
  since: string;
}

export interface ListTargets {

}

export interface Targets {
  colleagues: ColleagueView[];
  queues: QueueTarget[];
  menus: Choice[];
  ringing?: RingingView[];
}

export interface TaskView {
  id: number;
  title: string;
  note: string;
  client_id: number | null;
  client_name: string;
  request_id: number | null;
  operator: string | null;
  group: string | null;
  due_at: string;
  remind: number[];
  made_by: string;
  made_at: string;
  done_at: string | null;
  late: boolean;
  told_at: string | null;
  late_at: string | null;
  leads: string[];
}

export interface TaskEventView {
  kind: string;
  operator: string | null;
  group: string | null;
  due_at: string;
  note: string;
  by: string;
  at: string;
}

export interface MakeTask {
  title: string;
  due_at: string;
  note?: string;
  operator?: string | null;
  group?: string | null;
  remind?: number[];
  client_id?: number | null;
  request_id?: number | null;
  conversation?: number | null;
}

export interface ListTasks {
  of?: "mine" | "everybody";
  operator?: string | null;
  group?: string | null;
  client_id?: number | null;
  request_id?: number | null;
  late?: boolean;
  done?: boolean;
}

export interface FinishTask {
  id: number;
  note?: string;
}

export interface ReopenTask {
  id: number;
  note?: string;
}

export interface HandOverTask {
  id: number;
  operator?: string | null;
  group?: string | null;
  note?: string;
}

export interface RescheduleTask {
  id: number;
  due_at: string;
  remind?: number[] | null;
  note?: string;
}

export interface TaskHistory {
  id: number;
}

export interface SeenView {
  operator: string;
  at: string | null;
}

export interface MessageView {
  id: number;
  by: string;
  by_name: string;
  to_kind: "operator" | "group" | "all";
  to: string;
  text: string;
  at: string;
  seen_at: string | null;
  receipts?: SeenView[];
}

export interface HelpView {
  id: number;
  operator: string;
  name: string;
  text: string;
  call: string | null;
  at: string;
  answered_by: string | null;
  answered_name: string;
  answered_at: string | null;
  answer: string;
}

export interface FiguresView {
  calls: number;
  handling_s: number;
  wrap_up_s: number;
}

export interface DayView {
  mine: FiguresView;
  team: FiguresView;
  people: number;
  talked_s: number;
  at: string;
}

export interface ShowDay {

}

export interface SendMessage {
  to_kind: "operator" | "group" | "all";
  text: string;
  to?: string;
}

export interface SeeMessage {
  id: number;
}

export interface ListMessages {

}

export interface AskHelp {
  text?: string;
}

export interface AnswerHelp {
  id: number;
  text?: string;
}

export interface EndHelp {
  id: number;
}

export interface CallBackView {
  id: number;
  queue: string;
  place: number;
  number: string;
  client_id: number | null;
  client_name: string;
  source: "queue" | "closed" | "web";
  arrived_at: string;
  state: string;
  why: string;
  tries: number;
  not_before: string | null;
}

export interface EntryView {
  entry: string;
  is_open: boolean;
  why: string;
  until: string | null;
  reason: string;
  by: string;
  menu: string;
  queue: string;
  overflow: string[];
}

export interface IncidentView {
  id: number;
  city: string;
  street: string;
  state: string;
  note: string;
  proposed_at: string;
  opened_at: string | null;
  opened_by: string;
  ended_at: string | null;
  callers: number;
  untold: number;
}

export interface ShowWaiting {
  at?: string | null;
}

export interface WithdrawCallBack {
  id: number;
  why: string;
}

export interface CloseEntry {
  entry: string;
  reason: string;
}

export interface OpenEntry {
  entry: string;
  reason?: string;
}

export interface DecideIncident {
  id: number;
  state: "open" | "dismissed" | "ended";
  note?: string;
}

export interface NumberWhyView {
  number: string;
  label: string;
  why: string;
  facts?: Record<string, string | number | number | boolean | null>;
  until?: string | null;
}

export interface EntryWhyView {
  campaign: string;
  running: boolean;
  state: string;
  sentence: string;
}

export interface WhyNotCalled {
  client_id: number;
}

export interface FormFieldView {
  name: string;
  label: string;
  kind: "text" | "number" | "date" | "choice" | "account" | "meter";
  required: boolean;
  choices: string[][];
  value: string;
}

export interface FormView {
  type: string;
  title: string;
  fields: FormFieldView[];
  stages?: string[][];
}

export interface DispositionView {
  id: string;
  name: string;
  needs_note: boolean;
  group?: string;
  note_min?: number;
  asks?: "" | "call_back" | "task" | "request";
  needs_identity?: boolean;
}

export interface DraftView {
  version: number;
  note: string;
  disposition: string | null;
  form_type: string | null;
  form: Record<string, string>;
  saved_at: string | null;
  follow?: Record<string, string>;
}

export interface HandedView {
  operator: string;
  name: string;
  note: string;
  disposition: string | null;
  form_type: string | null;
  form: Record<string, string>;
  at: string;
}

export interface QuestionView {
  id: string;
  kind: string;
  about: string;
  answer: string;
}

export interface ConfirmedView {
  by: string;
  name: string;
  at: string;
  here: boolean;
}

export interface ConfirmIdentity {
  conversation: number;
  confirmed: boolean;
  answered?: string[];
}

export interface SaveDraft {
  conversation: number;
  base: number;
  note: string;
  disposition: string | null;
  form_type: string | null;
  form: Record<string, string>;
  follow?: Record<string, string>;
}

export interface FormToFile {
  type: string;
  fields: Record<string, string>;
}

export interface Finish {
  conversation: number;
  disposition: string;
  note: string;
  then?: "ready" | "paused";
  follow?: Record<string, string>;
  request?: FormToFile | null;
}

export interface ExtendWrapUp {
  conversation: number;
}

export type ServerMessage = Snapshot | Delta | Reply | Notice;
export type ScreenMessage = SignIn | Do;
export interface Views {
  operators: Record<string, OperatorView>;
  queues: Record<string, QueueView>;
  calls: Record<string, CallView>;
  conversations: Record<string, ConversationView>;
  requests: Record<string, RequestView>;
  campaigns: Record<string, CampaignView>;
  gaps: Record<string, GapView>;
  tasks: Record<string, TaskView>;
  sources: Record<string, SourceView>;
  messages: Record<string, MessageView>;
  helps: Record<string, HelpView>;
  previews: Record<string, PreviewView>;
}

export interface Actions {
  "state.set": SetState;
  "phone.attach": AttachPhone;
  "conversation.choose": ChooseClient;
  "conversation.new_client": NewClient;
  "conversation.identity": ConfirmIdentity;
  "draft.save": SaveDraft;
  "conversation.finish": Finish;
  "conversation.extend": ExtendWrapUp;
  "request.file": FileRequest;
  "request.list": ListRequests;
  "request.move": MoveRequest;
  "request.take": TakeRequest;
  "request.hand_over": HandOverRequest;
  "request.reopen": ReopenRequest;
  "request.join": JoinRequests;
  "request.part": PartRequest;
  "request.history": RequestHistory;
  "request.write": WriteMail;
  "request.document": MakeDocument;
  "mail.list": ListMails;
  "mail.settle": SettleMail;
  "client.search": SearchClients;
  "client.card": ClientCard;
  "client.timeline": MoreTimeline;
  "client.change": ChangeClient;
  "client.history": ClientHistory;
  "field.list": ListFields;
  "field.define": DefineField;
  "field.alter": AlterField;
  "field.retire": RetireField;
  "call.hangup": HangUp;
  "call.dialling": AskDialling;
  "call.dial": Dial;
  "card.dial": DialCard;
  "card.skip": SkipCard;
  "campaign.make": MakeCampaign;
  "campaign.count": CountList;
  "campaign.fill": FillList;
  "campaign.add": AddToList;
  "campaign.remove": RemoveFromList;
  "campaign.import": ImportList;
  "campaign.results": ShowResults;
  "campaign.calls": OpenResult;
  "call.answer": Answer;
  "call.hold": Hold;
  "call.resume": Resume;
  "call.mute": Mute;
  "call.keypad": Keypad;
  "call.transfer": Transfer;
  "call.consult": Consult;
  "call.swap": Swap;
  "call.complete": Complete;
  "call.cancel": Cancel;
  "call.conference": Conference;
  "call.drop": Drop;
  "call.leave": Leave;
  "call.park": Park;
  "call.take_back": TakeBack;
  "call.pick_up": PickUp;
  "call.redirect": Redirect;
  "call.to_menu": ToMenu;
  "call.record": SwitchRecording;
  "call.pause_recording": PauseRecording;
  "call.resume_recording": ResumeRecording;
  "call.listen": Listen;
  "call.whisper": Whisper;
  "call.barge": Barge;
  "call.take_over": TakeOver;
  "call.stop_listening": StopListening;
  "call.targets": ListTargets;
  "pin.renew": RenewPin;
  "script.show": ShowScript;
  "script.choose": ChooseScript;
  "script.answer": AnswerScript;
  "script.answers": ListAnswers;
  "proposal.list": ListProposals;
  "proposal.answer": AnswerProposal;
  "day.show": ShowDay;
  "message.send": SendMessage;
  "message.seen": SeeMessage;
  "message.list": ListMessages;
  "help.ask": AskHelp;
  "help.answer": AnswerHelp;
  "help.end": EndHelp;
  "waiting.show": ShowWaiting;
  "callback.withdraw": WithdrawCallBack;
  "entry.close": CloseEntry;
  "entry.open": OpenEntry;
  "incident.decide": DecideIncident;
  "threshold.show": ShowThresholds;
  "threshold.save": SaveThresholds;
  "operator.state": SetOperatorState;
  "wall.make": MakeWallLink;
  "wall.list": ListWallLinks;
  "wall.revoke": RevokeWallLink;
  "client.why_not_called": WhyNotCalled;
  "keys.mine": OwnKeys;
  "keys.set": SetKeys;
  "session.beat": Beat;
  "line.report": ReportLine;
  "report.show": ShowReport;
  "report.open": OpenFigure;
  "campaign.start": CampaignArgs;
  "campaign.pause": CampaignArgs;
  "campaign.stop": CampaignArgs;
  "campaign.entries": CampaignEntries;
  "campaign.pace": Pace;
  "campaign.again": Again;
  "campaign.forecast": Outlook;
  "campaign.progress": CampaignArgs;
  "task.make": MakeTask;
  "task.list": ListTasks;
  "task.done": FinishTask;
  "task.reopen": ReopenTask;
  "task.hand_over": HandOverTask;
  "task.reschedule": RescheduleTask;
  "task.history": TaskHistory;
  "audit.list": AuditList;
  "audit.verify": AuditVerify;
  "person.find": FindPerson;
  "person.erase": ErasePerson;
  "person.erased": ListErased;
  "retention.plan": PlanRetention;
  "retention.run": RunRetention;
  "duplicate.check": CheckDuplicates;
  "duplicate.list": ListDuplicates;
  "duplicate.compare": CompareDuplicates;
  "duplicate.decide": DecideDuplicates;
  "client.merge": MergeClients;
  "client.unmerge": UnmergeClients;
  "merge.list": ListMerges;
  "session.end": SignOut;
}
