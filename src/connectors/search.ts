import MiniSearch, { type Query } from 'minisearch';
import type { Action, Connector, ConnectorTrigger } from '../generated/connector.ts';
import type { Catalog } from './catalog.ts';
import { askedWords, indexedWord, joined, wordsOf, type AskedWord } from './search-words.ts';

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
  /** The service's name and title. */
  service: string;
  /** The action's own name and title. */
  does: string;
  /** Other words by which it may be searched for. */
  keywords: string;
  /** What it takes and gives. */
  fields: string;
}

/** How much a word counts where it stands. */
const WEIGHTS = { service: 2.5, does: 4, keywords: 2.5, description: 1, fields: 0.6 };
/** Words of a question that is about what happens, not about what is to be done. */
const WHEN = /\b(when|whenever|once|trigger|triggers|as soon as|(each|every) time|on (a|an|each|every|new))\b/i;
/** Words that may be about what happens as well. */
const PERHAPS = /\bnew\b|\b(opened|closed|merged|created|added|placed|paid|updated|changed|deleted|received)\b/i;
/** How much a word counts that stands for the one that was asked for. */
const SYNONYM = 0.35;

/**
 * Finds connectors, actions and triggers by plain words: what they do, their titles, keywords, descriptions and fields; best first.
 * Words are compared by their stems, those of like meaning count in part, and what has more of the words stands higher.
 */
export function searchCatalog(catalog: Catalog, words: string, limit: number): CatalogHit[] {
  const index = new MiniSearch<Entry>({
    fields: Object.keys(WEIGHTS),
    tokenize: (text) => [
      ...wordsOf(text.replaceAll('_', ' ')),
      ...wordsOf(joined(text)).filter((word) => word.includes('_')),
    ],
    processTerm: (term) => indexedWord(term) ?? null,
    searchOptions: { tokenize: (text) => [text], processTerm: (term) => term, boost: WEIGHTS },
  });
  const entries = new Map(entriesOf(catalog).map((entry) => [entry.id, entry]));
  index.addAll([...entries.values()]);
  const asked = askedWords(words);
  if (asked.length === 0) return [];
  const weights = { connector: 1, action: 1, trigger: WHEN.test(words) ? 2 : PERHAPS.test(words) ? 1 : 0.5 };
  return index
    .search({ combineWith: 'OR', queries: asked.map(queryOf) })
    .flatMap(({ id, score, queryTerms }) => {
      const entry = entries.get(String(id));
      if (entry === undefined) return [];
      const weighed = score * share(asked, queryTerms) * weights[entry.kind];
      return [{ entry, score: isNamed(asked, entry) ? Number.MAX_VALUE : weighed }];
    })
    .toSorted((left, right) => right.score - left.score)
    .slice(0, limit)
    .map(({ entry: { kind, name, title, description } }) => ({ kind, name, title, description }));
}

/** The word itself, longer and misspelled ones a little, and those of like meaning in part. */
function queryOf({ word, synonyms }: AskedWord): Query {
  const itself = { queries: [word], prefix: word.length > 3, fuzzy: word.length > 4 ? 0.2 : false };
  return {
    combineWith: 'OR',
    queries: [itself, { queries: synonyms, boostTerm: () => SYNONYM }],
  };
}

/** Whether nothing but the service's name was asked for. */
function isNamed(asked: readonly AskedWord[], { kind, service }: Entry): boolean {
  if (kind !== 'connector') return false;
  const names = wordsOf(service).map(indexedWord);
  return asked.every(({ word }) => names.includes(word));
}

/** How much of what was asked for is there: from a half, where it is one word of many, to all. */
function share(asked: readonly AskedWord[], found: readonly string[]): number {
  const there = asked.reduce((sum, { word, synonyms }) => {
    if (found.includes(word)) return sum + 1;
    return sum + (synonyms.some((synonym) => found.includes(synonym)) ? 0.6 : 0);
  }, 0);
  return 0.3 + (0.7 * there) / asked.length;
}

function entriesOf(catalog: Catalog): Entry[] {
  return catalog.names().flatMap((service): Entry[] => {
    const connector = catalog.get(service);
    if (connector === undefined) return [];
    const { title, description, actions, triggers = {} } = connector;
    return [
      {
        id: service,
        kind: 'connector',
        name: service,
        title,
        description,
        service: `${service} ${title}`,
        does: '',
        keywords: '',
        fields: '',
      },
      ...Object.entries(actions).map(([name, action]) => entryOf(connector, 'action', name, action)),
      ...Object.entries(triggers).map(([name, trigger]) => entryOf(connector, 'trigger', name, trigger)),
    ];
  });
}

function entryOf(
  { name: service, title: serviceTitle }: Connector,
  kind: 'action' | 'trigger',
  name: string,
  { title, description, keywords = [], input = {}, output }: Action | ConnectorTrigger,
): Entry {
  const fields = [input, output].flatMap(({ properties }) => Object.keys(properties ?? {}));
  return {
    id: `${kind} ${service}.${name}`,
    kind,
    name: `${service}.${name}`,
    title: `${serviceTitle}: ${title}${kind === 'trigger' ? ' (trigger)' : ''}`,
    description,
    service: `${service} ${serviceTitle}`,
    does: `${name} ${title}`,
    keywords: keywords.join(', '),
    fields: fields.join(' '),
  };
}
