import { stemmer } from 'stemmer';

/** `summarise` is `summarize`. */
const BRITISH = /is(e|ed|es|er|ing|ation)$/;

/** Words that say nothing of what is wanted. */
const UNIMPORTANT = new Set(
  (
    'a about after again all also an and any are as at be because been before being but by can could did do does ' +
    'doing done each every for from had has have having he her here him his how i if in into is it its just let like ' +
    'me more most my need no not of off on once one only or other our out over own please should so some somebody ' +
    'someone something such than that the their them then there these they this those through to too up us use using ' +
    'very via want was we were what when where whether which while whom whose why will with would you your'
  ).split(' '),
);

/**
 * Words that people use for the same thing, in no service's sense alone. A word may stand in several groups. What is of two
 * words in everyday language is joined by `JOINED` before.
 */
const GROUPS = [
  'create add new make open register insert start set_up begin put',
  'create compose draft write prepare produce generate',
  'get read fetch retrieve load show view see give pull check open receive download',
  'list show find get view browse enumerate recent latest last',
  'find search look_up lookup query locate filter seek where match',
  'update change edit modify set adjust alter rename correct revise fix replace move assign switch',
  'delete remove erase discard trash drop clear take_back get_rid unsend purge destroy throw',
  'archive close hide retire trash get_rid',
  'send post write publish notify tell message announce alert inform share deliver forward email ping',
  'cancel stop end abort terminate void run_out quit unsubscribe expire',
  'save store remember keep put write persist record cache commit upload',
  'add append attach insert include put extend',
  'append log journal note line',
  'sync upsert ensure merge duplicate deduplicate save',
  'link connect associate relate attach join tie bind',
  'count increment number tally counter how_many how_often',
  'approve merge accept',
  'complete finish mark tick check close done resolve',
  'assign owner responsible delegate rep salesperson',
  'schedule later tomorrow delay postpone planned remind monday friday',
  'filter above below over under between greater less older newer since',
  'publish unpublish hide visible',
  'remind reminder follow_up task todo due',
  'bill invoice charge',
  'charge payment pay paid purchase transaction billing money',
  'refund money_back reimburse return chargeback',
  'price cost fee rate amount tariff discount',
  'balance money account funds',
  'subscription recurring monthly month yearly plan membership',
  'customer client buyer shopper purchaser consumer',
  'contact person lead people prospect customer subscriber',
  'user member person people colleague teammate coworker staff employee team who',
  'company organization business firm',
  'deal opportunity sale',
  'ticket case issue bug problem incident request complaint report',
  'order purchase sale buy bought',
  'fulfill ship send dispatch deliver parcel shipment tracking delivery',
  'stock inventory quantity warehouse supply',
  'product item article goods merchandise sku variant',
  'shop store storefront e-commerce webshop',
  'shop shopify',
  'quote offer draft_order estimate proposal',
  'pull_request pr merge_request',
  'repository repo codebase',
  'issue bug',
  'workflow action pipeline ci build job run',
  'release version tag',
  'comment reply answer respond response feedback say said discussion',
  'message text chat note',
  'direct private dm personal',
  'channel room group',
  'reaction emoji thumbs react',
  'image picture photo drawing logo illustration draw paint',
  'audio voice speech sound recording mp3 spoken speak aloud listen podcast interview',
  'transcribe transcription dictation',
  'ai llm gpt chatgpt claude language_model prompt ask assistant',
  'prompt ai rewrite rephrase paraphrase proofread tone sentiment analyze brainstorm explain improve polite friendly formal reply',
  'moderate harm harmful offensive abuse hate toxic abusive unsafe insult',
  'embedding vector semantic',
  'summarize summary shorten condense digest',
  'classify categorize label sort tag',
  'extract parse pull_out structured',
  'internet web online news',
  'page document doc wiki',
  'row record entry item line',
  'column field property schema',
  'table csv spreadsheet sheet excel',
  'map translate convert lookup mapping look_up',
  'range band tier bracket threshold volume step',
  'request call api rest http endpoint json url',
  'web url website address site http',
  'file document upload attachment',
  'email mail e-mail address',
  'name title called',
  'location place warehouse where',
  'key value setting variable',
].map((group) => group.split(' ').flatMap((word) => indexedWord(word) ?? []));

/** Two words that mean one thing, and that one word. */
const JOINED: readonly (readonly [RegExp, string])[] = [
  'set up',
  'look up',
  'take back',
  'get rid',
  'run out',
  'money back',
  'how many',
  'how often',
  'follow up',
  'draft order',
  'pull request',
  'merge request',
  'language model',
  'pull out',
].map((words) => [new RegExp(words.replace(' ', '(?:s|ing|ed|s the| it)? '), 'g'), words.replace(' ', '_')] as const);

const SYNONYMS = synonymsByWord();

/** A word of a question, and others that may mean the same; all as they stand in the index. */
export interface AskedWord {
  word: string;
  synonyms: string[];
}

/** The words of a question that matter, each once. */
export function askedWords(question: string): AskedWord[] {
  const words = wordsOf(joined(question)).flatMap((word) => indexedWord(word) ?? []);
  return [...new Set(words)].map((word) => ({ word, synonyms: [...(SYNONYMS.get(word) ?? [])] }));
}

/** The words of a text, with those that are of two as one besides. */
export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}_]+/u)
    .filter((word) => word !== '');
}

/** What a word is found by: its stem, or nothing where it says nothing. */
export function indexedWord(word: string): string | undefined {
  const small = word.toLowerCase();
  return UNIMPORTANT.has(small) ? undefined : stemmer(small.replace(BRITISH, 'iz$1'));
}

/** A text in which what is of two words is one. */
export function joined(text: string): string {
  return JOINED.reduce(
    (result, [words, one]) => result.replace(words, one),
    text.toLowerCase().replaceAll('e-mail', 'email'),
  );
}

function synonymsByWord(): Map<string, Set<string>> {
  const known = new Map<string, Set<string>>();
  for (const group of GROUPS) {
    for (const word of group) {
      const others = known.get(word) ?? new Set();
      for (const other of group) if (other !== word) others.add(other);
      known.set(word, others);
    }
  }
  return known;
}
