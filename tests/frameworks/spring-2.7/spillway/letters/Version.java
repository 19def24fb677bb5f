// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.SeekToCurrentErrorHandler;
import org.springframework.kafka.retrytopic.RetryTopicConfigurationBuilder;
import org.springframework.util.backoff.FixedBackOff;

/** What differs between versions: here nothing is ever taken off, and there is no choice. */
@Configuration
@EnableKafka
public class Version {
    /** A record that does not parse becomes a letter without retries. */
    static final boolean GOES_STRAIGHT = false;
    static final String SUFFIX = ".DLT";

    static ConcurrentKafkaListenerContainerFactory<Object, Object> handled(
        ConcurrentKafkaListenerContainerFactory<Object, Object> factory, DeadLetterPublishingRecoverer recoverer) {
        factory.setErrorHandler(new SeekToCurrentErrorHandler(recoverer, new FixedBackOff(0, 0)));
        return factory;
    }

    static DeadLetterPublishingRecoverer firstOnly(DeadLetterPublishingRecoverer recoverer) {
        return recoverer;
    }

    static DeadLetterPublishingRecoverer allHops(DeadLetterPublishingRecoverer recoverer) {
        return recoverer;
    }

    static RetryTopicConfigurationBuilder letterHandler(RetryTopicConfigurationBuilder builder, Class<?> handler) {
        // It looks for the topics as the listener's annotation spells them.
        for (String topic : new String[] {"thrice", "straight", "again"}) builder.includeTopic("${prefix}." + topic);
        return builder.dltHandlerMethod(handler, "handle");
    }
}
