package dev.millrace.deploy.e2e.orders;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.deploy.e2e.pipeline.Await;
import dev.millrace.deploy.e2e.pipeline.RunningPipeline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Sends a stream of orders at a steady rate, on a thread of its own. */
public final class Load {
  private final RunningPipeline loop;
  private final OrderWriter writer;
  private final List<OrderStream.Sending> sendings;
  private final int perSecond;
  private final CompletableFuture<Void> sending;
  private volatile int sent;

  private Load(
      RunningPipeline loop, OrderWriter writer, List<OrderStream.Sending> sendings, int perSecond) {
    this.loop = loop;
    this.writer = writer;
    this.sendings = sendings;
    this.perSecond = perSecond;
    this.sending = CompletableFuture.runAsync(this::run);
  }

  public static Load start(
      RunningPipeline loop, OrderWriter writer, List<OrderStream.Sending> sendings, int perSecond) {
    return new Load(loop, writer, sendings, perSecond);
  }

  /** Waits until half of it has been sent. */
  public void awaitHalf() throws InterruptedException {
    awaitShare(0.5);
  }

  /** Waits until a share of it has been sent. */
  public void awaitShare(double share) throws InterruptedException {
    Await.condition(
        share + " of the load", RunningPipeline.TIMEOUT, () -> sent >= sendings.size() * share);
  }

  /** Waits until all of it stands in the topic. */
  public void awaitEnd() {
    sending.join();
    loop.flush();
  }

  private void run() {
    long start = System.nanoTime();
    for (int i = 0; i < sendings.size(); i++) {
      long due = start + TimeUnit.SECONDS.toNanos(i) / perSecond;
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      loop.sendLater(record(sendings.get(i)));
      sent = i + 1;
    }
  }

  private ProducerRecord<byte[], byte[]> record(OrderStream.Sending each) {
    String topic = loop.pipeline().scored().topic();
    byte[] value = writer.write(each.order());
    String customer = String.valueOf(each.order().customer());
    byte[] key = customer.getBytes(UTF_8);
    int partitions = loop.pipeline().partitions();
    int right = OrderStream.partition(customer, partitions);
    return switch (each.placement()) {
      case BY_KEY -> new ProducerRecord<>(topic, key, value);
      case ANYWHERE -> new ProducerRecord<>(topic, value);
      case WRONG -> new ProducerRecord<>(topic, (right + 1) % partitions, key, value);
    };
  }
}
