// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/deadletter.h"
#include "views/deadletters/payloadtext.h"
#include "views/widgets/rowtable.h"
#include "views/widgets/timetext.h"

#include <QWidget>

class QFormLayout;
class QStackedWidget;
class QTabBar;
class QToolButton;

namespace spillway::views {

class PayloadView;
class PlainTextLabel;
class Prompter;
class TableView;

/// One letter from all sides: payload (pretty, raw, hex), headers in their order, error with stack, source.
class Inspector final : public QWidget
{
    Q_OBJECT
public:
    enum class Side { Payload, Headers, Error, Source };

    explicit Inspector(Prompter& prompter, QWidget* parent = nullptr);
    void show(const DeadLetter& letter, const TimeText& time, UtcTime now);
    void clear(const QString& why);
    void showSide(Side side);
    /// pretty, raw, hex, pretty …
    void turnForm();
    [[nodiscard]] const QString& letterId() const { return m_letterId; }

private:
    struct ShownHeader
    {
        int place = 0;
        Header header;
        friend bool operator==(const ShownHeader&, const ShownHeader&) = default;
    };
    QWidget* buildPayload();
    QWidget* buildHeaders(Prompter& prompter);
    QWidget* buildError();
    QWidget* buildSource();
    void setForm(PayloadLines::Form form);
    void showPayload();

    QString m_letterId;
    std::optional<QByteArray> m_value;
    PayloadLines::Form m_form = PayloadLines::Form::Pretty;
    QTabBar* m_tabs = nullptr;
    QStackedWidget* m_sides = nullptr;
    PlainTextLabel* m_payloadNote = nullptr;
    QToolButton* m_forms[3] = {};
    PayloadView* m_payload = nullptr;
    RowTable<ShownHeader, int> m_headers;
    TableView* m_headerView = nullptr;
    QFormLayout* m_errorLines = nullptr;
    PayloadView* m_stack = nullptr;
    PlainTextLabel* m_stackNote = nullptr;
    QFormLayout* m_sourceLines = nullptr;
};

} // namespace spillway::views
