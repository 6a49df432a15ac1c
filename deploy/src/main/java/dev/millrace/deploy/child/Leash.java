package dev.millrace.deploy.child;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;

/**
 * The first main of every child: ties the child's life to its parent's, then calls the main proper.
 *
 * <p>The parent keeps the child's standard input open and never closes it while it lives. Its end
 * therefore means that the parent is gone, however it went, and ends the child too: nothing is left
 * running after {@code kill -9} of the command line. The programs bear a sudden end by design.
 *
 * <p>Arguments: {@code [--hold] MAIN-CLASS [ARGUMENT...]}. With {@code --hold} the main is loaded
 * but not called before the parent says so, see {@link #awaitGo}.
 */
public final class Leash {
  /** The byte on standard input that lets a held child go on. */
  public static final int GO = 'g';

  /** As the shell reports a process ended by SIGKILL: 128 + 9. */
  private static final int PARENT_GONE = 137;

  private static final CountDownLatch GO_SAID = new CountDownLatch(1);

  private Leash() {}

  public static void main(String[] arguments) throws Throwable {
    var hold = arguments[0].equals("--hold");
    var first = hold ? 1 : 0;
    var watch = new Thread(Leash::watch, "leash");
    watch.setDaemon(true);
    watch.start();
    var main =
        MethodHandles.publicLookup()
            .findStatic(
                Class.forName(arguments[first]),
                "main",
                MethodType.methodType(void.class, String[].class));
    if (hold) {
      awaitGo();
    }
    var rest = Arrays.copyOfRange(arguments, first + 1, arguments.length);
    main.invokeExact(rest);
  }

  /** Returns once the parent has said that what this child builds on is ready. */
  public static void awaitGo() throws InterruptedException {
    GO_SAID.await();
  }

  private static void watch() {
    try {
      for (var read = System.in.read(); read >= 0; read = System.in.read()) {
        if (read == GO) {
          GO_SAID.countDown();
        }
      }
    } catch (IOException e) {
      // A broken pipe says the same as its end.
    }
    Runtime.getRuntime().halt(PARENT_GONE);
  }
}
