import { noSuch } from '../api/api-error.js';
import { groupId } from '../ids.js';
import { KlaviyoList, type OptInProcess } from './list.js';

/** The lists of an account. Two may have the same name. */
export class ListStore {
  private readonly lists = new Map<string, KlaviyoList>();
  private serial = 0;

  all(): KlaviyoList[] {
    return [...this.lists.values()];
  }

  find(id: string): KlaviyoList | undefined {
    return this.lists.get(id);
  }

  /** The list, or a 404. */
  require(id: string): KlaviyoList {
    const list = this.find(id);
    if (list === undefined) throw noSuch('list', id);
    return list;
  }

  create(name: string, optInProcess: OptInProcess, now: number): KlaviyoList {
    const list = new KlaviyoList(groupId(), (this.serial += 1), now, name, optInProcess);
    this.lists.set(list.id, list);
    return list;
  }

  delete(id: string): void {
    this.lists.delete(id);
  }
}
