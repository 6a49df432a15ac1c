package dev.millrace.schemas.pipeline.file;

import java.util.List;
import java.util.stream.Collectors;

/** A pipeline file with mistakes. */
public final class PipelineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<Mistake> mistakes;

  /** One mistake or more, in the order of the file. */
  public PipelineException(List<Mistake> mistakes) {
    super(mistakes.stream().map(Mistake::toString).collect(Collectors.joining("\n")));
    this.mistakes = List.copyOf(mistakes);
  }

  /** All mistakes, in the order of the file. */
  public List<Mistake> mistakes() {
    return mistakes;
  }
}
