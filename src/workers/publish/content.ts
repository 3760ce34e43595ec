/** What a product hands over to be published: a body, and what is to be said about it. */
import type { LogEvent } from '../../domain/log-record.ts';
import type { JobOutcome, ReadingUsage, Warning } from '../../domain/outcome.ts';
import type { SourceVersion } from '../../domain/source-version.ts';
import type { ComposeRequest, ObjectMetadata, ObjectWriter, StoredObject } from '../../ports/object-store.ts';

/** The next content of a file. */
export interface Content {
  readonly kind: 'content';
  /** Where it comes from, for the object's metadata. */
  readonly source: string;
  readonly sourceVersion: SourceVersion;
  /** What the source adds to the object's metadata. */
  readonly metadata?: ObjectMetadata;
  readonly body: Body;
  /** Ends what the body reads from. Called once, also when nothing is published. */
  readonly close?: () => Promise<void>;
}

/** There is nothing to publish, and the object stays as it is. */
export interface Nothing {
  readonly kind: 'nothing';
  readonly reason: string;
  readonly warning?: Warning;
}

/**
 * `text`: bytes in memory. `stream`: bytes as they are read, never held as a whole. `parts`: objects that the store joins.
 * `later`: other jobs have to make it first.
 */
export type Body = TextBody | StreamBody | PartsBody | LaterBody;

export interface TextBody {
  readonly kind: 'text';
  readonly text: string;
  readonly facts: Omit<BodyFacts, 'bytes'>;
}

export interface StreamBody {
  readonly kind: 'stream';
  /** Writes all bytes. `begin` opens the object; a body that begins again has discarded the writer it had before. */
  readonly write: (begin: () => Promise<ObjectWriter>) => Promise<StreamedBytes>;
}

export interface StreamedBytes {
  readonly facts: BodyFacts;
  /** In hex, of the bytes of the last writer. */
  readonly sha256: string;
}

export interface PartsBody {
  readonly kind: 'parts';
  readonly facts: BodyFacts;
  /** Joins the parts into the object. */
  readonly compose: (request: Omit<ComposeRequest, 'parts'>) => Promise<StoredObject>;
}

export interface LaterBody {
  readonly kind: 'later';
  readonly outcome: JobOutcome;
}

/** What is known of a body once it is whole. */
export interface BodyFacts {
  readonly rows: number;
  readonly rejected: number;
  readonly dropped: number;
  readonly duplicates: number;
  readonly bytes: number;
  readonly warnings: readonly Warning[];
  /** One for each log row about rows that are not in the file. */
  readonly leftOut: readonly LeftOut[];
  /** What the object's metadata say about the body. */
  readonly metadata?: ObjectMetadata;
  /** Rows that the source promised. */
  readonly sourceRows?: number;
  /** What reading has cost; asked for after publishing, when all is known. */
  readonly usage?: () => ReadingUsage;
}

/** Why rows were left out of a file that is published all the same. */
export type LeftOut = Pick<LogEvent, 'message' | 'exception' | 'exceptionType' | 'source'>;
