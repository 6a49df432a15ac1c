package dev.millrace.deploy.child;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * The first main class of every child process: it ends the child when the parent process ends, and
 * calls the main class of the program.
 *
 * <p>The parent keeps the standard input of the child open until the parent ends. The end of the
 * input therefore means that the parent has ended, whether by an exit or by {@code kill -9}, and
 * the child halts too, so that no process is left running. The programs can resume after a sudden
 * end.
 *
 * <p>Arguments: {@code [--hold] MAIN-CLASS [ARGUMENT...]}. With {@code --hold} the main class is
 * loaded at once, and called when the parent has sent the start signal, see {@link
 * #awaitStartSignal}.
 */
public final class ParentWatch {
  /** The byte on standard input that is the start signal. */
  public static final int START_SIGNAL = 'g';

  /** The exit code of a process that SIGKILL has ended, as a shell reports it: 128 + 9. */
  private static final int PARENT_ENDED = 137;

  private static final CountDownLatch START_SIGNAL_RECEIVED = new CountDownLatch(1);

  private ParentWatch() {}

  public static void main(String[] arguments) throws Throwable {
    var hold = arguments[0].equals("--hold");
    var first = hold ? 1 : 0;
    var watch = new Thread(ParentWatch::watch, "parent-watch");
    watch.setDaemon(true);
    watch.start();
    var main =
        MethodHandles.publicLookup()
            .findStatic(
                Class.forName(arguments[first]),
                "main",
                MethodType.methodType(void.class, String[].class));
    if (hold) {
      awaitStartSignal();
    }
    var rest = Arrays.copyOfRange(arguments, first + 1, arguments.length);
    main.invokeExact(rest);
  }

  /**
   * Waits for the start signal: the parent sends it when all processes that this child uses are
   * ready.
   */
  public static void awaitStartSignal() throws InterruptedException {
    START_SIGNAL_RECEIVED.await();
  }

  private static void watch() {
    try {
      for (var read = System.in.read(); read >= 0; read = System.in.read()) {
        if (read == START_SIGNAL) {
          START_SIGNAL_RECEIVED.countDown();
        }
      }
    } catch (IOException e) {
      // A broken pipe also means that the parent has ended.
    }
    Runtime.getRuntime().halt(PARENT_ENDED);
  }
}
