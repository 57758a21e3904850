import { describe } from 'node:test';
import { accountsContract } from './contract/accounts.ts';
import { contentsContract } from './contract/contents.ts';
import { countersContract } from './contract/counters.ts';
import { exportsContract } from './contract/exports.ts';
import { fileDetectionsContract } from './contract/file-detections.ts';
import { findingsContract } from './contract/findings.ts';
import { findingsOverTimeContract } from './contract/findings-over-time.ts';
import { imagesContract } from './contract/images.ts';
import { keysContract } from './contract/keys.ts';
import { layersContract } from './contract/layers.ts';
import { nestedContract } from './contract/nested.ts';
import { placesContract } from './contract/places.ts';
import { registriesContract } from './contract/registries.ts';
import { scanSettingsContract } from './contract/scan-settings.ts';
import { taskListsContract } from './contract/task-lists.ts';
import { tasksContract } from './contract/tasks.ts';
import { transactionsContract } from './contract/transactions.ts';
import type { Store } from './store.ts';

/** What every store must do. `open` gives an empty one for each test; the suite closes it. */
export function storeContract(open: () => Promise<Store>): void {
  describe('keys', () => keysContract(open));
  describe('accounts', () => accountsContract(open));
  describe('contents', () => contentsContract(open));
  describe('layers', () => layersContract(open));
  describe('places', () => placesContract(open));
  describe('inside archives', () => nestedContract(open));
  describe('images', () => imagesContract(open));
  describe('findings', () => findingsContract(open));
  describe('findings over time', () => findingsOverTimeContract(open));
  describe('counters', () => countersContract(open));
  describe('registries', () => registriesContract(open));
  describe('file detections', () => fileDetectionsContract(open));
  describe('exports', () => exportsContract(open));
  describe('scan settings', () => scanSettingsContract(open));
  describe('tasks', () => tasksContract(open));
  describe('lists of tasks', () => taskListsContract(open));
  describe('transactions', () => transactionsContract(open));
}
