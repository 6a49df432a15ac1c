package dev.millrace.features;

import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.jspecify.annotations.Nullable;

/** Tells Flink which serializer {@link ViewEvent} has. */
final class ViewEventType extends TypeInformation<ViewEvent> {
  static final ViewEventType INSTANCE = new ViewEventType();

  private static final long serialVersionUID = 1L;

  @Override
  public TypeSerializer<ViewEvent> createSerializer(SerializerConfig config) {
    return ViewEventSerializer.INSTANCE;
  }

  @Override
  public Class<ViewEvent> getTypeClass() {
    return ViewEvent.class;
  }

  @Override
  public boolean isBasicType() {
    return false;
  }

  @Override
  public boolean isTupleType() {
    return false;
  }

  @Override
  public int getArity() {
    return 1;
  }

  @Override
  public int getTotalFields() {
    return 1;
  }

  @Override
  public boolean isKeyType() {
    return false;
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ViewEventType;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ViewEventType;
  }

  @Override
  public int hashCode() {
    return ViewEventType.class.hashCode();
  }

  @Override
  public String toString() {
    return "ViewEvent";
  }
}
