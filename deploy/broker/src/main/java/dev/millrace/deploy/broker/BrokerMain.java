package dev.millrace.deploy.broker;

import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * A Kafka broker and KRaft controller in one process. Its storage is formatted at the first start.
 *
 * <p>Formatting in the same process saves the start of a JVM.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /** Arguments: the path of server.properties and the id of the cluster. */
  public static void main(String[] arguments) {
    var properties = arguments[0];
    var clusterId = arguments[1];
    String[] format = {"format", "--ignore-formatted", "-t", clusterId, "-c", properties};
    var exitCode = StorageTool.execute(format, System.out);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
    Kafka.main(new String[] {properties});
  }
}
