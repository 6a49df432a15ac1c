package dev.millrace.deploy.child;

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;

/**
 * A Kafka broker and KRaft controller in one process, its storage formatted at the first start.
 *
 * <p>Formatting in the same process saves a JVM's start. Kafka's classes are on the child's
 * classpath only, hence the reflection.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /** Arguments: the path of server.properties and the cluster's id. */
  public static void main(String[] arguments) throws Exception {
    var properties = arguments[0];
    var clusterId = arguments[1];
    String[] format = {"format", "--ignore-formatted", "-t", clusterId, "-c", properties};
    var exit =
        (Integer)
            call(
                "kafka.tools.StorageTool",
                "execute",
                new Class<?>[] {String[].class, PrintStream.class},
                format,
                System.out);
    if (exit != 0) {
      System.exit(exit);
    }
    call(
        "kafka.Kafka", "main", new Class<?>[] {String[].class}, (Object) new String[] {properties});
  }

  private static Object call(String type, String method, Class<?>[] types, Object... arguments)
      throws Exception {
    try {
      return Class.forName(type).getMethod(method, types).invoke(null, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    }
  }
}
