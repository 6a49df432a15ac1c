package dev.millrace.deploy.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Makes a model's training profile. */
@Command(
    name = "profile",
    description =
        "Makes a model's training profile, the reference of its drift, from exported outcomes.")
public final class ProfileCommand implements Callable<Integer> {
  private static final int HEAP_MEGABYTES = 1024;

  @Unmatched private List<String> arguments = new ArrayList<>();

  /** Public for picocli. */
  public ProfileCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    return ModuleCommand.run(
        HEAP_MEGABYTES,
        List.of("drift", "flink"),
        "dev.millrace.drift.training.ProfileCommand",
        arguments);
  }
}
