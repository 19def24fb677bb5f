// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/compatibility/schemanotices.h"
#include "views/schemas/schemasource.h"
#include "views/shell/page.h"
#include "views/widgets/asyncload.h"
#include "views/widgets/columns.h"
#include "views/widgets/rowtable.h"

#include <QDate>

class QPlainTextEdit;
class QPushButton;

namespace spillway::views {

class CommandLine;
class PlainTextLabel;
class TableView;

/// When which breaking change may come, who is still to be heard, and what the teams are told of it: seen first, then
/// sent, then followed.
class NoticesPane final : public QWidget
{
    Q_OBJECT
public:
    /// @param source  outlives the pane
    NoticesPane(const ViewContext& context, SchemaSource& source, QWidget* parent = nullptr);

    /// @param today  UTC; days are counted from it
    void show(std::vector<SchemaNotice> notices, QDate today);
    /// Chooses a step; its messages are asked for.
    void choose(const QString& eventType, int version);
    [[nodiscard]] bool isBusy() const;
    void exportCalendar();

protected:
    void showEvent(QShowEvent* event) override;

Q_SIGNALS:
    /// Something was sent: what is shown is older than that.
    void sent();
    void said(const QString& sentence);

private:
    /// One message of the chosen step, with what became of it.
    struct MessageRow
    {
        NotifyMessage message;
        std::optional<Notification> outcome; ///< nullopt: never queued
        friend bool operator==(const MessageRow&, const MessageRow&) = default;
    };
    /// What the pool found out about the chosen step.
    struct Messages
    {
        NotifyPreview preview;
        std::vector<Notification> outbox;
    };
    [[nodiscard]] QWidget* buildMessages();
    [[nodiscard]] std::vector<ColumnSpec> noticeColumns() const;
    [[nodiscard]] std::vector<ColumnSpec> messageColumns() const;
    void presentNotice();
    void askMessages();
    void showMessages(Result<Messages> messages);
    void presentMessage();
    void send();
    void retry();

    ViewContext m_context;
    SchemaSource& m_source;
    QDate m_today;
    QString m_event; ///< the chosen step's
    int m_version = 0;
    NotifyPreview m_preview;
    RowTable<SchemaNotice, QString> m_notices;
    RowTable<MessageRow, QString> m_messages;
    TableView* m_noticeView = nullptr;
    TableView* m_messageView = nullptr;
    PlainTextLabel* m_empty = nullptr;
    PlainTextLabel* m_title = nullptr;
    PlainTextLabel* m_note = nullptr;
    QPlainTextEdit* m_text = nullptr;
    QPushButton* m_export = nullptr;
    QPushButton* m_send = nullptr;
    QPushButton* m_retry = nullptr;
    CommandLine* m_command = nullptr;
    AsyncLoad<Messages> m_load;
    AsyncLoad<QString> m_intent;
};

} // namespace spillway::views
