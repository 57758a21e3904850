import { type ChildProcess, fork } from 'node:child_process';
import { hash } from 'node:crypto';
import type { JudgeRecipe } from '#engines/engine.ts';
import { fileTypeOf } from './file-type.ts';
import { type FromInspector, type InspectItem, type ItemResult, idle, type Progress, type ToInspector } from './protocol.ts';
import { residentBytes } from './resident-bytes.ts';
import { TransferFile } from './transfer-file.ts';

export interface InspectorOptions {
  /** The module an inspector runs; it must call `serveInspections`. */
  readonly program: URL;
  /** Seconds one content may take. */
  readonly fileSeconds: number;
  /** Resident bytes an inspector may hold. */
  readonly inspectorBytes: number;
}

interface Batch {
  readonly number: number;
  items: readonly InspectItem[];
  /** Filled in for items that killed an inspector. */
  readonly fatal: Map<InspectItem, ItemResult>;
  readonly all: readonly InspectItem[];
  resolve(results: readonly ItemResult[]): void;
  reject(error: Error): void;
  retried: boolean;
}

/**
 * An inspector may read files and load the engine, and do nothing else: no writing, no processes, no threads. It has no
 * environment either. (Node's permission model; it binds JavaScript, not an engine that was taken over.)
 */
const confinement = [
  '--permission',
  '--allow-fs-read=*',
  '--allow-addons',
  '--allow-wasi',
  '--disable-warning=ExperimentalWarning',
  '--disable-warning=SecurityWarning',
] as const;

const watchMs = 250;
/** How long an inspector may take to open its engines, ms; one that takes longer hangs. */
const startMs = 60_000;
/** An inspector that cannot even start is no fault of a file. */
const maxStarts = 3;

/**
 * One inspecting process with its transfer file. When the process dies, is killed for taking too long or holds too much
 * memory, the content it was at gets an error as its result and a new process takes the rest.
 */
export class Inspector {
  readonly file = new TransferFile();
  /** When it was first ready to judge, by `performance.now()`. */
  readyAt = Number.POSITIVE_INFINITY;
  private readonly options: InspectorOptions;
  private recipes: readonly JudgeRecipe[] | undefined;
  private process: ChildProcess | undefined;
  private ready = false;
  private failedStarts = 0;
  private stderr = '';
  private killedFor = '';
  private readonly queue: Batch[] = [];
  /** Batches that came while it rests. */
  private readonly held: Batch[] = [];
  private rested: PromiseWithResolvers<void> | undefined;
  private watch: NodeJS.Timeout | undefined;
  private at: Progress = { batch: 0, index: idle };
  private since = 0;
  private batches = 0;
  private closed = false;

  constructor(options: InspectorOptions) {
    this.options = options;
  }

  get load(): number {
    return this.queue.length + this.held.length;
  }

  /** Memory that its process holds. */
  get residentBytes(): number {
    return this.process?.pid === undefined ? 0 : residentBytes(this.process.pid);
  }

  /** Starts the process ahead of need; it may be told its engines later. */
  start(): void {
    if (this.process === undefined && !this.closed) this.spawn();
  }

  /** Tells the engines that judge. */
  open(recipes: readonly JudgeRecipe[]): void {
    this.recipes = recipes;
    this.since = performance.now();
    if (this.process !== undefined) this.send({ type: 'open', recipes });
  }

  /** Inspects contents that lie in `file`. Results come in the items' order. Rejects only when inspectors cannot run at all. */
  inspect(items: readonly InspectItem[]): Promise<readonly ItemResult[]> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(stopped());
      this.batches += 1;
      const batch: Batch = { number: this.batches, items, all: items, fatal: new Map(), resolve, reject, retried: false };
      if (this.rested === undefined) this.take(batch);
      else this.held.push(batch);
    });
  }

  /** Ends the process as soon as it has done what it was given. What comes later waits until `wake`. */
  rest(): Promise<void> {
    this.rested ??= Promise.withResolvers();
    this.endIfDone();
    return this.rested.promise;
  }

  /** Lets it work again. */
  wake(): void {
    this.rested?.resolve();
    this.rested = undefined;
    for (const batch of this.held.splice(0)) this.take(batch);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.watch);
    this.process?.kill('SIGKILL');
    this.rested?.resolve();
    for (const batch of [...this.queue.splice(0), ...this.held.splice(0)]) batch.reject(stopped());
    this.file.close();
  }

  private take(batch: Batch): void {
    this.queue.push(batch);
    this.start();
    if (this.ready) this.sendBatch(batch);
  }

  // Its end is no death: nobody waits for anything of it.
  private endIfDone(): void {
    if (this.rested === undefined || this.queue.length > 0) return;
    const ending = this.process;
    this.process = undefined;
    this.ready = false;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return this.rested.resolve();
    ending.once('exit', this.rested.resolve);
    ending.kill('SIGKILL');
  }

  // ------------------------------------------------------------ the process

  private spawn(): void {
    this.ready = false;
    this.stderr = '';
    this.killedFor = '';
    this.since = performance.now();
    const child = this.makeProcess();
    if (child === undefined) return this.onDeath();
    this.process = child;
    let ended = 0;
    const onEnd = () => {
      // Both, so that every answer sent before the end has been read.
      ended += 1;
      if (ended === 2 && this.process === child) this.onDeath();
    };
    child.once('exit', onEnd);
    child.once('disconnect', onEnd);
    child.on('error', (error) => {
      this.stderr += error.message;
      // A process that was never made does not end either.
      if (child.pid === undefined && this.process === child) this.onDeath();
    });
    child.on('message', (message: FromInspector) => {
      if (this.process === child) this.onMessage(message);
    });
    child.stderr?.on('data', (text: Buffer) => {
      this.stderr = (this.stderr + text.toString('utf8')).slice(-2000);
    });
    if (this.recipes !== undefined) this.send({ type: 'open', recipes: this.recipes });
    this.watch ??= setInterval(() => this.look(), watchMs).unref();
  }

  // Where the machine has nothing left for a process, that is told at once in some cases and by an event in others.
  private makeProcess(): ChildProcess | undefined {
    try {
      return fork(this.options.program, [], {
        execArgv: [...confinement, '--max-old-space-size=512', '--max-semi-space-size=4'],
        env: { NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? '' },
        stdio: ['ignore', 'ignore', 'pipe', this.file.fd, 'ipc'],
      });
    } catch (error) {
      this.stderr = String(error);
      return undefined;
    }
  }

  private sendBatch({ number, items }: Batch): void {
    this.send({ type: 'inspect', batch: number, items });
  }

  private send(message: ToInspector): void {
    this.process?.send(message, () => undefined);
  }

  private onMessage(message: FromInspector): void {
    if (message.type === 'ready') {
      this.ready = true;
      this.readyAt = Math.min(this.readyAt, performance.now());
      this.failedStarts = 0;
      for (const batch of this.queue) this.sendBatch(batch);
      return;
    }
    const batch = this.queue.shift();
    batch?.resolve(inOrder(batch, message.results));
    this.endIfDone();
  }

  private onDeath(): void {
    this.process = undefined;
    if (this.closed) return;
    if (!this.ready) {
      this.failedStarts += 1;
      if (this.failedStarts >= maxStarts) {
        const reason = this.killedFor === '' ? this.stderr.trim().split('\n').at(-1) : this.killedFor;
        const error = new Error(`inspecting processes cannot start: ${reason ?? 'no reason given'}`);
        for (const batch of this.queue.splice(0)) batch.reject(error);
        return this.endIfDone();
      }
    } else this.blame();
    this.file.clearProgress();
    if (this.queue.length > 0) this.spawn();
    else this.endIfDone();
  }

  // The item that was being inspected is given up; a death between items is tried again once, then blamed on the first. It need
  // not be an item of the batch that waits longest: that one's answer may have been lost on its way.
  private blame(): void {
    const { batch: number, index } = this.file.progress();
    const batch = this.queue.find((one) => one.number === number) ?? this.queue[0];
    if (batch === undefined) return;
    const at = batch.number === number ? index : idle;
    if (at >= batch.items.length && !batch.retried) {
      batch.retried = true;
      return;
    }
    const item = batch.items[at < batch.items.length ? at : 0];
    if (item === undefined) return;
    const reason = this.killedFor === '' ? 'the inspecting process crashed' : this.killedFor;
    batch.fatal.set(item, this.withoutJudges(item, reason));
    batch.items = batch.items.filter((other) => other !== item);
    if (batch.items.length === 0) {
      this.queue.splice(this.queue.indexOf(batch), 1);
      batch.resolve(inOrder(batch, []));
    }
  }

  private withoutJudges(item: InspectItem, error: string): ItemResult {
    const bytes = this.file.read(item.at, item.length);
    return {
      fileType: fileTypeOf(bytes),
      md5: hash('md5', bytes),
      sha1: hash('sha1', bytes),
      judged: item.judges.map((judge) => ({ judge, detections: [], error })),
    };
  }

  // ------------------------------------------------------------ watching

  private look(): void {
    if (this.process?.pid === undefined) return;
    const now = performance.now();
    if (this.recipes === undefined) return;
    if (!this.ready) {
      if (now - this.since > startMs) this.kill(`not ready after ${startMs / 1000} s`);
      return;
    }
    const at = this.file.progress();
    if (this.queue.length === 0 || at.batch !== this.at.batch || at.index !== this.at.index) {
      this.at = at;
      this.since = now;
    } else if (now - this.since > this.options.fileSeconds * 1000) {
      this.kill(`took longer than ${this.options.fileSeconds} s`);
    }
    if (residentBytes(this.process.pid) > this.options.inspectorBytes) this.kill(`needed more than ${this.options.inspectorBytes} bytes of memory`);
  }

  private kill(reason: string): void {
    this.killedFor = reason;
    this.process?.kill('SIGKILL');
  }
}

/** What those get who wait when the inspection is stopped. */
export function stopped(): Error {
  return new Error('the inspection was stopped');
}

function inOrder(batch: Batch, results: readonly ItemResult[]): readonly ItemResult[] {
  if (batch.fatal.size === 0) return results;
  const inspected = new Map(batch.items.map((item, index) => [item, results[index]]));
  return batch.all.map((item) => batch.fatal.get(item) ?? inspected.get(item)).filter((result) => result !== undefined);
}
