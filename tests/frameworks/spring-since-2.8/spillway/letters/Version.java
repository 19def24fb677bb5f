// SPDX-License-Identifier: GPL-3.0-or-later
package spillway.letters;

import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.retrytopic.RetryTopicConfigurationBuilder;
import org.springframework.util.backoff.FixedBackOff;

/** What differs between versions. */
@Configuration
@EnableKafkaRetryTopic
public class Version {
    /** A record that does not parse becomes a letter without retries. */
    static final boolean GOES_STRAIGHT = true;
    static final String SUFFIX = "-dlt";

    static ConcurrentKafkaListenerContainerFactory<Object, Object> handled(
        ConcurrentKafkaListenerContainerFactory<Object, Object> factory, DeadLetterPublishingRecoverer recoverer) {
        factory.setCommonErrorHandler(new DefaultErrorHandler(recoverer, new FixedBackOff(0, 0)));
        return factory;
    }

    static DeadLetterPublishingRecoverer firstOnly(DeadLetterPublishingRecoverer recoverer) {
        recoverer.setAppendOriginalHeaders(false);
        return recoverer;
    }

    static DeadLetterPublishingRecoverer allHops(DeadLetterPublishingRecoverer recoverer) {
        recoverer.setStripPreviousExceptionHeaders(false);
        return recoverer;
    }

    static RetryTopicConfigurationBuilder letterHandler(RetryTopicConfigurationBuilder builder, Class<?> handler) {
        return builder.dltHandlerMethod("letterHandler", "handle");
    }
}
