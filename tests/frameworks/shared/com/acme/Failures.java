// SPDX-License-Identifier: GPL-3.0-or-later
package com.acme;

import java.net.SocketTimeoutException;

/** What the application throws; the tests know these by heart. */
public final class Failures {
    private Failures() {}

    public static RuntimeException withCause() {
        return new PaymentTimeoutException("gateway did not answer", new SocketTimeoutException("Read timed out"));
    }

    public static RuntimeException silent() {
        return new IllegalArgumentException();
    }

    public static RuntimeException later() {
        return new StockException("no stock for sku 17");
    }
}
