// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/stackreaders.h"

/// Where a frame is, in a form that the next build, install or run prints too. Pure; any thread; never fails.
namespace spillway {

/// @param line  as eachFrame gives it
[[nodiscard]] FramePlace framePlace(QByteArrayView line, StackLanguage language);

/// The file's name behind its folder: `/srv/acme/releases/42/orders/stock.py` is `orders/stock.py`. Neither what it is
/// installed under, nor a folder that every program has (`src`, `dist`), nor one with a digit, nor a bundle's hash
/// (`main.3f2a9c1b.js` is `main.js`).
[[nodiscard]] QByteArray lastingFile(QByteArrayView file);

} // namespace spillway
