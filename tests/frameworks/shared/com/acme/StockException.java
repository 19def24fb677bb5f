// SPDX-License-Identifier: GPL-3.0-or-later
package com.acme;

public class StockException extends RuntimeException {
    public StockException(String message) {
        super(message);
    }

    public StockException(String message, Throwable cause) {
        super(message, cause);
    }
}
