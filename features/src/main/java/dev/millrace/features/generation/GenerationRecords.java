package dev.millrace.features.generation;

import dev.millrace.features.view.Backfill;
import dev.millrace.features.view.GenerationPlan;
import dev.millrace.schemas.avro.FeatureGeneration;
import dev.millrace.schemas.avro.GenerationStatus;
import dev.millrace.schemas.avro.ViewVersion;
import dev.millrace.schemas.pipeline.Generation;
import dev.millrace.schemas.pipeline.Pipeline;
import dev.millrace.schemas.topics.GenerationLog;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The record of a generation, from which the same job is built again. */
public final class GenerationRecords {
  private GenerationRecords() {}

  /**
   * The record of a generation whose job is submitted.
   *
   * @param start where the job starts; if the plan is a new one, older checkpoints of the job do
   *     not fit it any more
   * @param known the generation's earlier record; null if it has none
   * @param now wall clock
   */
  public static FeatureGeneration record(
      Pipeline pipeline, StartingPoint start, @Nullable FeatureGeneration known, Instant now) {
    FeatureGeneration begun = GenerationLog.begun(pipeline, now);
    FeatureGeneration.Builder record =
        known == null ? FeatureGeneration.newBuilder(begun) : again(known, now);
    if (start.isNew()) {
      record.setCreatedAt(now);
    }
    GenerationPlan plan = start.plan();
    return record
        .setViews(
            begun.getViews().stream()
                .map(view -> record(view, plan.backfill(view.getView())))
                .toList())
        .setLookups(
            plan.order().stream()
                .map(name -> Generation.text(Objects.requireNonNull(pipeline.lookups().get(name))))
                .toList())
        .build();
  }

  /** Whether another generation has served since, so that this one is begun again. */
  public static boolean isRetired(FeatureGeneration record) {
    return record.getStatus() == GenerationStatus.RETIRED
        || record.getStatus() == GenerationStatus.DELETED;
  }

  private static FeatureGeneration.Builder again(FeatureGeneration known, Instant now) {
    FeatureGeneration.Builder record = FeatureGeneration.newBuilder(known);
    return isRetired(known)
        ? record.setStatus(GenerationStatus.BACKFILLING).setStatusAt(now)
        : record;
  }

  private static ViewVersion record(ViewVersion view, @Nullable Backfill backfill) {
    ViewVersion.Builder record = ViewVersion.newBuilder(view);
    if (backfill != null) {
      record.setBackfillUntil(backfill.cleanUntil());
      if (backfill.lateUntil() != null) {
        record.setLateBackfillUntil(backfill.lateUntil());
      }
    }
    return record.build();
  }

  /** What a job that starts from the state of a generation knows of it. */
  public static GenerationPlan.Base base(FeatureGeneration record) {
    Map<String, String> versions = new HashMap<>();
    record.getViews().forEach(view -> versions.put(view.getView(), view.getVersion()));
    return new GenerationPlan.Base(versions, record.getLookups(), backfills(record));
  }

  /** How the job of a generation is built. */
  public static GenerationPlan plan(FeatureGeneration record) {
    List<String> order =
        record.getLookups().stream().map(text -> text.substring(0, text.indexOf('='))).toList();
    return new GenerationPlan(order, backfills(record));
  }

  private static Map<String, Backfill> backfills(FeatureGeneration record) {
    Map<String, Backfill> backfills = new LinkedHashMap<>();
    for (ViewVersion view : record.getViews()) {
      if (view.getBackfillUntil() != null) {
        backfills.put(
            view.getView(), new Backfill(view.getBackfillUntil(), view.getLateBackfillUntil()));
      }
    }
    return backfills;
  }
}
