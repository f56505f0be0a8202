import MiniSearch from 'minisearch';
import type { Catalog } from './catalog.ts';

/** A connector or an action that fits what was searched for. */
export interface CatalogHit {
  kind: 'connector' | 'action';
  /** `anthropic`, or `anthropic.message_to_ai` as a step's `uses` names it. */
  name: string;
  title: string;
  description: string;
}

interface Entry extends CatalogHit {
  id: string;
  /** Other words by which it may be searched for. */
  words: string;
}

/** Finds connectors and actions by words: their names, titles, descriptions, keywords and fields; best first. */
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
    const { title, description, actions } = connector;
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
    ];
  });
}
