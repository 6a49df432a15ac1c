package dev.millrace.deploy.e2e.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends a stream of orders at a steady rate on its own thread. */
public final class Load {
  private final RunningPipeline running;
  private final OrderWriter writer;
  private final List<OrderStream.Sending> sendings;
  private final int perSecond;
  private final CompletableFuture<Void> sending;
  private volatile int sent;

  private Load(
      RunningPipeline running,
      OrderWriter writer,
      List<OrderStream.Sending> sendings,
      int perSecond) {
    this.running = running;
    this.writer = writer;
    this.sendings = sendings;
    this.perSecond = perSecond;
    this.sending = CompletableFuture.runAsync(this::run);
  }

  public static Load start(
      RunningPipeline running,
      OrderWriter writer,
      List<OrderStream.Sending> sendings,
      int perSecond) {
    return new Load(running, writer, sendings, perSecond);
  }

  /** Waits until half of it has been sent. */
  public void awaitHalf() {
    awaitShare(0.5);
  }

  /** Waits until a share of it has been sent. */
  public void awaitShare(double share) {
    Await.condition(
        share + " of the load", RunningPipeline.TIMEOUT, () -> sent >= sendings.size() * share);
  }

  /** Waits until all of it has been acknowledged. */
  public void awaitEnd() {
    sending.join();
    running.flush();
  }

  private void run() {
    long startNanos = System.nanoTime();
    for (int i = 0; i < sendings.size(); i++) {
      long dueNanos = startNanos + TimeUnit.SECONDS.toNanos(i) / perSecond;
      for (long nowNanos = System.nanoTime(); nowNanos < dueNanos; nowNanos = System.nanoTime()) {
        LockSupport.parkNanos(dueNanos - nowNanos);
      }
      running.sendLater(record(sendings.get(i)));
      sent = i + 1;
    }
  }

  private ProducerRecord<byte[], byte[]> record(OrderStream.Sending each) {
    String topic = running.pipeline().scored().topic();
    byte[] value = writer.write(each.order());
    String customer = String.valueOf(each.order().customer());
    byte[] key = customer.getBytes(UTF_8);
    int partitions = running.pipeline().partitions();
    int right = OrderStream.partition(customer, partitions);
    return switch (each.placement()) {
      case BY_KEY -> new ProducerRecord<>(topic, key, value);
      case ANYWHERE -> new ProducerRecord<>(topic, value);
      case WRONG -> new ProducerRecord<>(topic, (right + 1) % partitions, key, value);
    };
  }
}
