// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "views/widgets/rowtable.h"
#include "views/widgets/timetext.h"

#include <QWidget>

class QFormLayout;
class QStackedWidget;
class QTabBar;

namespace spillway::views {

class PayloadPane;
class PayloadView;
class PlainTextLabel;
class Prompter;
class TableView;

/// One letter from all sides: payload (pretty, tree, raw, hex), headers in their order, error with stack, source.
class Inspector final : public QWidget
{
    Q_OBJECT
public:
    enum class Side { Payload, Headers, Error, Source };

    explicit Inspector(Prompter& prompter, QWidget* parent = nullptr);
    void show(const DeadLetter& letter, const TimeText& time, UtcTime now);
    void clear(const QString& why);
    void showSide(Side side);
    /// pretty, tree, raw, hex, pretty …
    void turnForm();
    void startFinding(); ///< in the payload
    [[nodiscard]] const QString& letterId() const { return m_letterId; }
    [[nodiscard]] bool isSettled() const;

Q_SIGNALS:
    /// A term of the query language that fits what the reader pointed at.
    void filterAsked(const QString& term);

private:
    struct ShownHeader
    {
        int place = 0;
        Header header;
        friend bool operator==(const ShownHeader&, const ShownHeader&) = default;
    };
    QWidget* buildHeaders(Prompter& prompter);
    QWidget* buildError();
    QWidget* buildSource();

    QString m_letterId;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_sides = nullptr;
    PayloadPane* m_payload = nullptr;
    RowTable<ShownHeader, int> m_headers;
    TableView* m_headerView = nullptr;
    QFormLayout* m_errorLines = nullptr;
    PayloadView* m_stack = nullptr;
    PlainTextLabel* m_stackNote = nullptr;
    QFormLayout* m_sourceLines = nullptr;
};

} // namespace spillway::views
