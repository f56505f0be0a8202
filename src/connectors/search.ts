import MiniSearch from 'minisearch';
import type { Catalog } from './catalog.ts';

/** A connector, an action or a trigger that fits what was searched for. */
export interface CatalogHit {
  kind: 'connector' | 'action' | 'trigger';
  /** `anthropic`, or `anthropic.message_to_ai` as a step's `uses`, or a trigger's `on`, names it. */
  name: string;
  title: string;
  description: string;
}

interface Entry extends CatalogHit {
  id: string;
  /** Other words by which it may be searched for. */
  words: string;
}

/** Finds connectors, actions and triggers by words: their names, titles, descriptions, keywords and fields; best first. */
export function searchCatalog(catalog: Catalog, words: string, limit: number): CatalogHit[] {
  const index = new MiniSearch<Entry>({
    fields: ['name', 'title', 'words', 'description'],
    storeFields: ['kind', 'name', 'title', 'description'],
    searchOptions: { boost: { name: 4, title: 3, words: 2 }, prefix: true, fuzzy: 0.2 },
  });
  index.addAll(entriesOf(catalog));
  return index
    .search(words)
    .slice(0, limit)
    .map((hit) => {
      const { kind, name, title, description } = hit as unknown as CatalogHit;
      return { kind, name, title, description };
    });
}

function entriesOf(catalog: Catalog): Entry[] {
  return catalog.names().flatMap((service): Entry[] => {
    const connector = catalog.get(service);
    if (connector === undefined) return [];
    const { title, description, actions, triggers = {} } = connector;
    return [
      { id: service, kind: 'connector', name: service, title, description, words: '' },
      ...Object.entries(actions).map(([name, action]): Entry => {
        const fields = [action.input, action.output].flatMap(({ properties }) => Object.keys(properties ?? {}));
        return {
          id: `${service}.${name}`,
          kind: 'action',
          name: `${service}.${name}`,
          title: `${connector.title}: ${action.title}`,
          description: action.description,
          words: [...(action.keywords ?? []), ...fields].join(' '),
        };
      }),
      ...Object.entries(triggers).map(([name, trigger]): Entry => {
        return {
          id: `${service}.${name} as trigger`,
          kind: 'trigger',
          name: `${service}.${name}`,
          title: `${connector.title}: ${trigger.title} (trigger)`,
          description: trigger.description,
          words: [...(trigger.keywords ?? []), ...Object.keys(trigger.output['properties'] ?? {})].join(' '),
        };
      }),
    ];
  });
}
