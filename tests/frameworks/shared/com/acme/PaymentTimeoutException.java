// SPDX-License-Identifier: GPL-3.0-or-later
package com.acme;

public class PaymentTimeoutException extends RuntimeException {
    public PaymentTimeoutException(String message, Throwable cause) {
        super(message, cause);
    }
}
