// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/desktop/patience.h"

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QEventLoop>
#include <QTimer>

namespace spillway {

namespace {

constexpr qint64 patienceMs = 90'000; // for one condition; then it is said that it never came true

} // namespace

bool waitUntil(const std::function<bool()>& condition)
{
    QElapsedTimer waited;
    waited.start();
    QEventLoop loop;
    QTimer look;
    bool isTrue = condition();
    QObject::connect(&look, &QTimer::timeout, &loop, [&] {
        isTrue = condition(); // it may be true for a moment only, until the next news
        if (isTrue || waited.elapsed() > patienceMs)
            loop.quit();
    });
    look.start(20);
    if (!isTrue)
        loop.exec();
    return isTrue;
}

void settleLayout()
{
    for (int turn = 0; turn < 3; ++turn) {
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
        QCoreApplication::processEvents();
    }
}

} // namespace spillway
