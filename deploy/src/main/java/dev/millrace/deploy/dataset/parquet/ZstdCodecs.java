package dev.millrace.deploy.dataset.parquet;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/**
 * Zstandard without Hadoop; Parquet's own factory of codecs needs Hadoop's classes. The library
 * contains its native code, so that the same bytes are compressed to the same bytes on any machine.
 */
public final class ZstdCodecs implements CompressionCodecFactory {
  /** Zstandard's default. */
  private static final int LEVEL = Zstd.defaultCompressionLevel();

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName name) {
    requireZstd(name);
    return new Compressor();
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName name) {
    requireZstd(name);
    return new Decompressor();
  }

  @Override
  public void release() {}

  private static void requireZstd(CompressionCodecName name) {
    if (name != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("only ZSTD is supported, not " + name);
    }
  }

  private static byte[] array(BytesInput bytes) throws IOException {
    ByteArrayOutputStream array = new ByteArrayOutputStream(Math.toIntExact(bytes.size()));
    bytes.writeAllTo(array);
    return array.toByteArray();
  }

  private static final class Compressor implements BytesInputCompressor {
    @Override
    public BytesInput compress(BytesInput bytes) throws IOException {
      return BytesInput.from(Zstd.compress(array(bytes), LEVEL));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {}
  }

  private static final class Decompressor implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput bytes, int size) throws IOException {
      return BytesInput.from(Zstd.decompress(array(bytes), size));
    }

    @Override
    public void decompress(ByteBuffer input, int compressed, ByteBuffer output, int size) {
      byte[] bytes = new byte[compressed];
      input.get(bytes);
      output.put(Zstd.decompress(bytes, size));
    }

    @Override
    public void release() {}
  }
}
