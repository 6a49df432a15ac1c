package dev.millrace.deploy.retrain;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Reads the begin of a body as UTF-8, and closes the connection where the body is longer: a
 * receiver may send one of any size.
 */
final class BeginOfBody implements BodySubscriber<String> {
  private final int maxBytes;
  private final ByteArrayOutputStream begin = new ByteArrayOutputStream();
  private final CompletableFuture<String> body = new CompletableFuture<>();
  private @Nullable Subscription subscription;

  BeginOfBody(int maxBytes) {
    this.maxBytes = maxBytes;
  }

  @Override
  public CompletionStage<String> getBody() {
    return body;
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    if (this.subscription != null) { // Reactive Streams, rule 2.5.
      subscription.cancel();
      return;
    }
    this.subscription = subscription;
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Subscription present = subscription;
    if (present == null || body.isDone()) {
      return;
    }
    for (ByteBuffer buffer : buffers) {
      byte[] bytes = new byte[Math.min(buffer.remaining(), maxBytes - begin.size())];
      buffer.get(bytes);
      begin.writeBytes(bytes);
    }
    if (begin.size() < maxBytes) {
      present.request(1);
    } else {
      present.cancel();
      onComplete();
    }
  }

  @Override
  public void onError(Throwable error) {
    body.completeExceptionally(error);
  }

  @Override
  public void onComplete() {
    body.complete(begin.toString(UTF_8));
  }
}
