package dev.millrace.features;

import dev.millrace.schemas.flink.source.IncomingRecord;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.pipeline.Source;
import dev.millrace.schemas.testing.flink.MemoryTopic;
import dev.millrace.schemas.topics.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/**
 * The random streams as topics in memory that are read in four stages: two that end in the middle,
 * all events, and the end of time.
 */
final class BankTopics {
  private static final long HOURS = Duration.ofHours(2).toMillis();

  final Pipeline pipeline;
  final BankStreams streams;
  final long endMillis;
  private final Map<Source, MemoryTopic<IncomingRecord>> topics = new HashMap<>();
  private final Map<Source, List<List<IncomingRecord>>> logs = new HashMap<>();
  private final Random random;

  BankTopics(Pipeline pipeline, BankStreams streams, long seed) {
    this.pipeline = pipeline;
    this.streams = streams;
    this.random = new Random(seed);
    this.endMillis =
        1_000
            + pipeline.sources().keySet().stream()
                .flatMap(source -> streams.events(source).stream())
                .mapToLong(BankStreams.Seen::timeMillis)
                .max()
                .orElseThrow();
    for (Source source : pipeline.sources().values()) {
      List<List<IncomingRecord>> log = new ArrayList<>();
      streams.log(source.name()).forEach(each -> log.add(withEnds(each)));
      logs.put(source, log);
      topics.put(
          source, MemoryTopic.of(source.name(), log, IncomingRecord.type(source.schema()), seed));
    }
  }

  private List<IncomingRecord> withEnds(List<IncomingRecord> log) {
    List<IncomingRecord> ended = new ArrayList<>(log.subList(0, log.size() - BankStreams.ARRIVALS));
    for (long millis : new long[] {endMillis, BankStreams.START + HOURS}) {
      for (int arrival = 0; arrival < BankStreams.ARRIVALS; arrival++) {
        Progress progress = new Progress(arrival, BankStreams.ARRIVALS, millis, false, 0);
        ended.add(IncomingRecord.of(progress, 0, ended.size()));
      }
    }
    return ended;
  }

  /** The source as the job of a stage reads it: two in the middle, all events, everything. */
  MemoryTopic<IncomingRecord> upTo(Source source, int stage) {
    List<List<IncomingRecord>> log = Objects.requireNonNull(logs.get(source));
    int[] limits =
        log.stream()
            .mapToInt(
                each ->
                    switch (stage) {
                      case 0 -> each.size() / 5 + random.nextInt(each.size() / 4);
                      case 1 -> each.size() / 2 + random.nextInt(each.size() / 4);
                      case 2 -> each.size() - BankStreams.ARRIVALS;
                      default -> each.size();
                    })
            .toArray();
    MemoryTopic<IncomingRecord> limited = Objects.requireNonNull(topics.get(source)).upTo(limits);
    topics.put(source, limited);
    return limited;
  }

  boolean areRead() {
    return topics.values().stream().allMatch(MemoryTopic::isRead);
  }
}
