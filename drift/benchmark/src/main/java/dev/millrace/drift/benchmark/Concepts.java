package dev.millrace.drift.benchmark;

import moa.options.AbstractOptionHandler;
import moa.streams.InstanceStream;
import moa.streams.generators.AgrawalGenerator;
import moa.streams.generators.LEDGeneratorDrift;
import moa.streams.generators.SEAGenerator;
import moa.streams.generators.STAGGERGenerator;
import moa.streams.generators.SineGenerator;

/** MOA's generators, each with two concepts. */
enum Concepts {
  /** The threshold of the sum of two attributes changes from 8 to 9.5. */
  SEA {
    @Override
    InstanceStream stream(boolean second, int seed) {
      SEAGenerator stream = new SEAGenerator();
      stream.functionOption.setValue(second ? 4 : 1);
      stream.instanceRandomSeedOption.setValue(seed);
      return prepared(stream);
    }
  },
  /** Above and below the sine curve change sides. */
  SINE {
    @Override
    InstanceStream stream(boolean second, int seed) {
      SineGenerator stream = new SineGenerator();
      stream.functionOption.setValue(second ? 2 : 1);
      stream.instanceRandomSeedOption.setValue(seed);
      return prepared(stream);
    }
  },
  /** Age alone decides; then age and salary. */
  AGRAWAL {
    @Override
    InstanceStream stream(boolean second, int seed) {
      AgrawalGenerator stream = new AgrawalGenerator();
      stream.functionOption.setValue(second ? 2 : 1);
      stream.instanceRandomSeedOption.setValue(seed);
      return prepared(stream);
    }
  },
  /** Small and red; then green or circular. */
  STAGGER {
    @Override
    InstanceStream stream(boolean second, int seed) {
      STAGGERGenerator stream = new STAGGERGenerator();
      stream.functionOption.setValue(second ? 2 : 1);
      stream.instanceRandomSeedOption.setValue(seed);
      return prepared(stream);
    }
  },
  /** Two of the seven segments are swapped with irrelevant attributes. */
  LED {
    @Override
    InstanceStream stream(boolean second, int seed) {
      LEDGeneratorDrift stream = new LEDGeneratorDrift();
      stream.numberAttributesDriftOption.setValue(second ? 2 : 0);
      stream.instanceRandomSeedOption.setValue(seed);
      return prepared(stream);
    }
  };

  /**
   * @param second whether of the second concept
   * @param seed of its random numbers
   */
  abstract InstanceStream stream(boolean second, int seed);

  private static <S extends AbstractOptionHandler & InstanceStream> S prepared(S stream) {
    stream.prepareForUse();
    return stream;
  }
}
